import type { Level, ShellCommand } from "./level.ts";

const EVERYWHERE: readonly (readonly [name: string, help: string])[] = [
  ["cd", "Go to another level, for example `cd /resource`"],
  ["help", "Show help, also for one command"],
  ["ls", "List the levels and commands here"],
  ["quit", "End the session; what is pending is committed"],
  ["up", "Go back to the level above"],
];

/** What a level is for, its commands and the levels below it. */
export function helpOfLevel(level: Level): string {
  const own = Object.entries(level.commands).map(([name, command]) => [name, command.help] as const);
  const levels = Object.entries(level.levels).map(([name, below]) => [`${name}/`, below.help] as const);
  const sections = [
    ["Levels", levels],
    ["Commands", own],
    ["Everywhere", EVERYWHERE],
  ] as const;
  const lines = [`${level.help}.`];
  for (const [heading, entries] of sections) {
    if (entries.length === 0) continue;
    lines.push(
      "",
      `${heading}:`,
      ...[...entries].sort(byName).map(([name, help]) => `  ${name.padEnd(18)} ${help}`),
    );
  }
  return lines.join("\n");
}

export function helpOfCommand(level: Level, name: string, { usage, help }: ShellCommand): string {
  const words = ["crm", level.name, name, usage].filter((word) => word !== "");
  return `${help}.\n\nUsage: ${words.join(" ")}`;
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

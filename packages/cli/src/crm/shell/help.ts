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

/** What can be typed at a level, sorted. */
export function namesIn(level: Level): string[] {
  const everywhere = EVERYWHERE.map(([name]) => name).filter((name) => level.name !== "" || name !== "up");
  const names = [...Object.keys(level.levels), ...Object.keys(level.commands), ...everywhere];
  return [...new Set(level.name === "" ? names : ["..", ...names])].sort();
}

const WIDTH_MIN = 16;

/** Names below each other in three columns; what does not fit in there makes a fourth one. */
export function inColumns(names: readonly string[]): string {
  const rows = Math.max(1, Math.floor(names.length / 3));
  const width = Math.max(WIDTH_MIN, ...names.map((name) => name.length)) + 3;
  return Array.from({ length: rows }, (_, row) =>
    names
      .filter((_name, index) => index % rows === row)
      .map((name) => name.padEnd(width))
      .join(""),
  ).join("\n");
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

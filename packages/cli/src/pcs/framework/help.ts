import { isGroup, type PcsCommand, type PcsGroup } from "./command.ts";
import { OPTION_HELP } from "./option-help.ts";
import type { OptionName } from "./options.ts";

const WIDTH = 80;

/** Help for the command, or the commands below the group, that the words lead to. */
export function helpOf(root: PcsGroup, path: readonly string[], program: string): string {
  let entry: PcsCommand | PcsGroup = root;
  for (const word of path) {
    if (isGroup(entry)) entry = entry.commands[word] ?? entry;
  }
  const title = [program, ...path].join(" ");
  if (!isGroup(entry)) return commandHelp(entry, title, path);
  return groupHelp(entry, title, root === entry && program === "pcs");
}

function groupHelp(group: PcsGroup, title: string, isRoot: boolean): string {
  const lines = [
    isRoot ? `Usage: ${title} [-f FILE] [-h] COMMAND [arguments]` : `Usage: ${title} COMMAND [arguments]`,
    group.summary,
    "",
    "Commands:",
  ];
  if (isRoot) {
    for (const [name, entry] of Object.entries(group.commands)) {
      if (isGroup(entry)) lines.push(`    ${name.padEnd(12)}${entry.summary}`);
      else if (!entry.isHidden) lines.push(`    ${name.padEnd(12)}${entry.help}`);
    }
    lines.push(
      "",
      "Options of all commands:",
      "    -f FILE             Work on the CIB in FILE instead of the cluster's",
      "    --force             Carry out what is refused as dangerous or wrong, where that is possible",
      "    --plan              Tell what the cluster would start, stop, move, promote and fence, and change nothing",
      "    --plan-json         As --plan, as JSON",
      "    -h, --help          Help for the command before it",
      "    --version           Print the version of pcs that this is compatible with",
    );
  } else {
    const shown = new Set<PcsCommand>();
    for (const line of listCommands(group, [], shown)) lines.push(line);
    lines.push(...optionLines(shown));
  }
  return `${lines.join("\n")}\n`;
}

function listCommands(group: PcsGroup, prefix: readonly string[], shown: Set<PcsCommand>): string[] {
  const lines: string[] = [];
  for (const [name, entry] of Object.entries(group.commands)) {
    if (isGroup(entry)) {
      lines.push(...listCommands(entry, [...prefix, name], shown));
    } else if (!entry.isHidden && !shown.has(entry)) {
      shown.add(entry);
      const aliases = Object.entries(group.commands)
        .filter(([, other]) => other === entry)
        .map(([alias]) => alias);
      lines.push(...entryLines(entry, [...prefix, aliases.join(" | ")]), "");
    }
  }
  if (group.otherwise !== undefined && !shown.has(group.otherwise) && !group.otherwise.isHidden) {
    shown.add(group.otherwise);
    lines.push(...entryLines(group.otherwise, prefix), "");
  }
  return lines;
}

function commandHelp(command: PcsCommand, title: string, path: readonly string[]): string {
  const words = path.length > 1 ? path.slice(1) : path;
  const options = optionLines([command]);
  const lines = ["", `Usage: ${title}...`, ...entryLines(command, words)];
  if (options.length > 0) lines.push("", ...options);
  return `${lines.join("\n")}\n`;
}

function entryLines(command: PcsCommand, words: readonly string[]): string[] {
  const usages = command.usage.length === 0 ? [""] : command.usage;
  const options = command.options.filter((option) => option !== "-f" && option !== "--force");
  // What a form tells with its arguments is not told again behind them.
  const others = (usage: string) => {
    const told = new Set<string>(usage.split(/[\s[\]|=]+/));
    return options.filter((option) => !told.has(option)).map((option) => `[${written(option)}]`);
  };
  return [
    ...usages.flatMap((usage) =>
      wrap(
        [...words, ...usage.split(" "), ...others(usage)].filter((word) => word !== ""),
        4,
        12,
      ),
    ),
    ...wrap(command.help.split(" "), 8, 8),
  ];
}

/** The option with its value, as a command line has it. */
function written(option: OptionName): string {
  const { metavar } = OPTION_HELP[option];
  if (metavar === null) return option;
  return metavar.startsWith("[") ? `${option}[=${metavar.slice(1, -1)}]` : `${option}=${metavar}`;
}

/** What the options mean that stand in the usage of these commands. */
function optionLines(commands: Iterable<PcsCommand>): string[] {
  const options = new Set<OptionName>();
  for (const command of commands) for (const option of command.options) options.add(option);
  if (options.size === 0) return [];
  return [
    "Options:",
    ...[...options].sort(byName).flatMap((option) => {
      const name = option === "-f" ? "-f FILE" : written(option);
      const lines = wrap(OPTION_HELP[option].help.split(" "), 28, 28);
      return name.length > 23
        ? [`    ${name}`, ...lines]
        : [`    ${name.padEnd(24)}${lines[0]!.trimStart()}`, ...lines.slice(1)];
    }),
  ];
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function wrap(words: readonly string[], indent: number, hanging: number): string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of words) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = " ".repeat(hanging);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines;
}

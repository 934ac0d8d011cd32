import { isGroup, type PcsCommand, type PcsGroup } from "./command.ts";

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
      "    -h, --help          Help for the command before it",
      "    --version           Print the version of pcs that this is compatible with",
    );
  } else {
    const shown = new Set<PcsCommand>();
    for (const line of listCommands(group, [], shown)) lines.push(line);
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
  return `${["", `Usage: ${title}...`, ...entryLines(command, words)].join("\n")}\n`;
}

function entryLines(command: PcsCommand, words: readonly string[]): string[] {
  const usages = command.usage.length === 0 ? [""] : command.usage;
  const options = command.options
    .filter((option) => option !== "-f" && option !== "--force")
    .map((option) => `[${option}${VALUE_OF[option] ?? ""}]`);
  return [
    ...usages.flatMap((usage) =>
      wrap(
        [...words, ...usage.split(" "), ...options].filter((word) => word !== ""),
        4,
        12,
      ),
    ),
    ...wrap(command.help.split(" "), 8, 8),
  ];
}

const VALUE_OF: Readonly<Record<string, string>> = {
  "--wait": "[=n]",
  "--corosync_conf": "=FILE",
  "--authkey": "=FILE",
  "--output-format": "=text|cmd|json",
  "--before": "=ID",
  "--after": "=ID",
  "--group": "=ID",
  "--name": "=NAME",
};

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

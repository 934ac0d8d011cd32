import type { Main } from "../command.ts";
import type { Level } from "../crm/shell/level.ts";
import { type OptionSpec, type OptionTable, takesArgument } from "../options/option-table.ts";
import { isGroup, type PcsCommand, type PcsGroup } from "../pcs/framework/command.ts";
import { OPTION_HELP } from "../pcs/framework/option-help.ts";
import { COMMON_OPTIONS, type OptionName } from "../pcs/framework/options.ts";

/** What is to be said of one program: data for manual pages and completions. */
export interface Manual {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** Ways to call it, each after the name. */
  readonly usage: readonly string[];
  readonly options: readonly ManualOption[];
  /** Words that may follow the name, in all depths. */
  readonly commands: readonly ManualCommand[];
  readonly examples: readonly { readonly line: string; readonly explanation: string }[];
  /** What only this program has to say. */
  readonly sections?: readonly ManualSection[];
}

export interface ManualSection {
  /** In capitals. */
  readonly heading: string;
  readonly text: string;
  readonly entries: readonly (readonly [name: string, meaning: string])[];
}

export interface ManualOption {
  /** With dashes, the short one first. */
  readonly names: readonly string[];
  /** Stands for the argument; null when there is none. */
  readonly metavar: string | null;
  readonly isArgumentOptional: boolean;
  readonly choices: readonly string[];
  readonly help: string;
  readonly heading: string;
}

export interface ManualCommand {
  /** The words that lead to it. */
  readonly path: readonly string[];
  /** What may follow, one entry for each form; empty for a group of commands. */
  readonly usage: readonly string[];
  readonly help: string;
  readonly options: readonly ManualOption[];
  readonly isGroup: boolean;
}

/** Sub-commands with a page of their own: their manuals besides that of the group. @throws Error when a command has no description */
export async function manualsOf(main: Main): Promise<readonly Manual[]> {
  const { description } = main;
  if (description === undefined) throw new Error("this command does not describe itself");
  switch (description.kind) {
    case "options":
      return [manualOfTable(description, [])];
    case "shell":
      return [manualOfTable(description, levelCommands(description.top, []))];
    case "pcs":
      return [manualOfPcs(description.name, description.root)];
    case "group": {
      const { name, summary, commands } = description;
      const own: ManualCommand[] = [];
      const below: Manual[] = [];
      for (const [word, { summary: help, load }] of Object.entries(commands)) {
        const manuals = await manualsOf((await load()).main);
        own.push({ path: [word], usage: manuals[0]!.usage, help, options: [], isGroup: false });
        below.push(...manuals);
      }
      return [
        { name, summary, usage: ["COMMAND [arguments]"], options: HELP_ONLY, commands: own, examples: [] },
        ...below,
      ];
    }
  }
}

const HELP_ONLY: readonly ManualOption[] = [
  {
    names: ["--help"],
    metavar: null,
    isArgumentOptional: false,
    choices: [],
    help: "Show help, also behind a command",
    heading: "Options",
  },
];

function manualOfTable(
  {
    frame,
    table,
  }: {
    readonly frame: Omit<Manual, "usage" | "options" | "commands"> & { usage: string };
    table: OptionTable;
  },
  commands: readonly ManualCommand[],
): Manual {
  const { name, summary, examples } = frame;
  const specs = Object.values(table);
  const options = [
    ...specs.filter((spec) => spec.isHidden !== true && spec.heading !== undefined),
    ...specs.filter((spec) => spec.isHidden !== true && spec.heading === undefined),
    ...specs.filter((spec) => spec.isHidden === true),
  ].map(optionOfSpec);
  return { name, summary: withoutStop(summary), usage: frame.usage.split("\n"), options, commands, examples };
}

function optionOfSpec(spec: OptionSpec): ManualOption {
  const hasArgument = takesArgument(spec);
  return {
    names: [...(spec.short === undefined ? [] : [`-${spec.short}`]), `--${spec.long}`],
    metavar: hasArgument ? spec.metavar : null,
    isArgumentOptional: spec.kind === "optional",
    choices: hasArgument ? (spec.choices ?? []) : [],
    help: spec.help,
    heading: spec.isHidden === true ? "Accepted for the sake of old scripts" : (spec.heading ?? "Options"),
  };
}

function levelCommands(level: Level, path: readonly string[]): ManualCommand[] {
  const commands: ManualCommand[] = [];
  for (const [name, { usage, help }] of Object.entries(level.commands)) {
    commands.push({ path: [...path, name], usage: [usage], help, options: [], isGroup: false });
  }
  for (const [name, below] of Object.entries(level.levels)) {
    commands.push({ path: [...path, name], usage: [], help: below.help, options: [], isGroup: true });
    commands.push(...levelCommands(below, [...path, name]));
  }
  return commands;
}

function manualOfPcs(name: string, root: PcsGroup): Manual {
  return {
    name,
    summary: withoutStop(root.summary),
    usage: [`${name === "pcs" ? "[-f FILE] " : ""}COMMAND [arguments] [options]`],
    options: [...COMMON_OPTIONS, ...(name === "pcs" ? FOR_MOST : [])].map(optionOfPcs),
    commands: pcsCommandsOf(root, []),
    examples: [],
  };
}

/** Options that most commands of `pcs` take, told once. */
const FOR_MOST: readonly OptionName[] = ["-f", "--force"];

function optionOfPcs(name: OptionName): ManualOption {
  const { metavar, help } = OPTION_HELP[name];
  return {
    names: name === "--help" ? ["-h", "--help"] : [name],
    metavar: metavar?.replace(/^\[|\]$/g, "") ?? null,
    isArgumentOptional: metavar?.startsWith("[") === true,
    choices: metavar?.includes("|") === true ? metavar.split("|") : [],
    help,
    heading: "Options",
  };
}

function pcsCommandsOf(group: PcsGroup, path: readonly string[]): ManualCommand[] {
  const commands: ManualCommand[] = [];
  if (group.otherwise !== undefined && path.length > 0 && group.otherwise.isHidden !== true) {
    commands.push(commandOfPcs(group.otherwise, path));
  }
  for (const [name, entry] of Object.entries(group.commands)) {
    if (isGroup(entry)) {
      const below = pcsCommandsOf(entry, [...path, name]);
      const isCommandToo = below[0]?.path.length === path.length + 1;
      if (!isCommandToo)
        commands.push({ path: [...path, name], usage: [], help: entry.summary, options: [], isGroup: true });
      commands.push(...below);
    } else if (entry.isHidden !== true) commands.push(commandOfPcs(entry, [...path, name]));
  }
  return commands;
}

function commandOfPcs({ usage, help, options }: PcsCommand, path: readonly string[]): ManualCommand {
  return { path, usage, help, options: options.map(optionOfPcs), isGroup: false };
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

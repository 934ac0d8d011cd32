import { ExitCode } from "./exit-codes.ts";
import type { CommandDescription, GroupedCommand } from "./manual/description.ts";
import { type HelpFrame, helpText } from "./options/help-text.ts";
import { nearestName } from "./options/nearest-name.ts";
import { flagOption, type OptionTable, type ParsedValues } from "./options/option-table.ts";
import { type Occurrence, parseOptions } from "./options/parse-options.ts";
import type { HtmlPage } from "./output/html-page.ts";
import { Output, type ResultForm } from "./output/output.ts";
import { outputOptions } from "./output/output-options.ts";
import { planOptions, showPlan } from "./plan/plan-options.ts";
import { versionText } from "./version.ts";
import { FileError, type World } from "./world.ts";

/** What every file in `commands/` exports as `main`. Resolves to the exit status; never rejects for a user's mistake. */
export interface Main {
  (argv: readonly string[], world: World): Promise<number>;
  /** What its help says, as data. All commands in `commands/` have it. */
  readonly description?: CommandDescription;
}

export interface CommandDefinition<Table extends OptionTable> extends HelpFrame {
  readonly options: Table;
  /** The forms of its result. Default: text, XML, JSON or none. Empty: the command chooses in its own way. */
  readonly forms?: readonly ResultForm[];
  /** Whether it changes a configuration, so that `--plan` makes sense. */
  readonly isPlannable?: boolean;
  /** The page around its text when the form is HTML; a command that draws a page by itself has none. */
  pageOf?(options: ParsedValues<Table>, programName: string): HtmlPage;
  /** The form when `--output-as` does not say it. Default: text. */
  formOf?(options: ParsedValues<Table>): ResultForm | null;
  /**
   * Runs after the command line was accepted. Its world is the output's, so that what it says reaches the result in every form.
   * Throws `UsageError` for combinations that make no sense.
   */
  run(call: CommandCall<Table>, world: World): number | Promise<number>;
}

export interface CommandCall<Table extends OptionTable> {
  readonly options: ParsedValues<Table>;
  readonly operands: readonly string[];
  /** Every option in the order in which it was given. */
  readonly occurrences: readonly Occurrence<Table>[];
  /** The command line as it was given, without the program's name. */
  readonly argv: readonly string[];
  readonly output: Output;
}

/** A mistake in the command line; the message says what to change. Ends the command with `ExitCode.usage`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const COMMON_OPTIONS = {
  help: flagOption({ long: "help", short: "?", help: "Show this help and exit" }),
  version: flagOption({ long: "version", short: "$", help: "Show the version and exit" }),
};

function callOf<Table extends OptionTable>(
  parsed: { readonly operands: readonly string[]; readonly occurrences: readonly unknown[] },
  options: ParsedValues<Table>,
  argv: readonly string[],
  output: Output,
): CommandCall<Table> {
  const occurrences = parsed.occurrences as readonly Occurrence<Table>[];
  return { options, operands: parsed.operands, occurrences, argv, output };
}

type CommonValues = ParsedValues<typeof COMMON_OPTIONS & ReturnType<typeof outputOptions>> &
  Partial<ParsedValues<typeof planOptions>>;

const FORMS: readonly ResultForm[] = ["text", "xml", "json", "none"];

/** `--help-all`, `--help-output` and the like, for which the classic commands tell a part of their options: ours tells all at once. */
function isPartOfHelp(word: string): boolean {
  return /^--help-[a-z]+$/.test(word);
}

/** Makes `main` of a command with one option table: adds `--help`, `--version` and the choice of a form, reports usage mistakes. */
export function defineCommand<Table extends OptionTable>(
  definition: CommandDefinition<Table>,
): Main & { readonly description: Extract<CommandDescription, { kind: "options" }> } {
  const forms = definition.forms ?? FORMS;
  const formOptions = forms.length === 0 ? {} : outputOptions(forms);
  const aheadOptions = definition.isPlannable === true ? planOptions : {};
  const table = { ...definition.options, ...aheadOptions, ...formOptions, ...COMMON_OPTIONS };
  const main: Main = async (given, world) => {
    const argv = given.some(isPartOfHelp) ? ["--help"] : given;
    const parsed = parseOptions(table, argv);
    if (!parsed.ok) {
      const hint = parsed.isExact ? "" : `Try ${world.programName} --help\n`;
      world.stderr(`${world.programName}: ${parsed.message}\n${hint}`);
      return ExitCode.usage;
    }
    const options = parsed.values as ParsedValues<Table>;
    const common = parsed.values as CommonValues;
    if (common.help) {
      world.stdout(helpText(definition, table));
      return ExitCode.ok;
    }
    if (common.version) {
      world.stdout(versionText());
      return ExitCode.ok;
    }
    if (common.plan === true || common.planJson === true)
      return showPlan(world, { program: definition.name, argv, isJson: common.planJson === true });
    const asked = forms.length === 0 ? null : (common.outputAs as ResultForm | null);
    const form = asked ?? definition.formOf?.(options) ?? "text";
    const to = forms.length === 0 ? null : common.outputTo;
    const page = definition.pageOf?.(options, world.programName) ?? null;
    const output = new Output(world, { form, to, argv, page });
    let exitCode: number;
    try {
      exitCode = await definition.run(callOf(parsed, options, argv, output), output.world);
    } catch (error) {
      const isExpected = error instanceof UsageError || error instanceof FileError;
      if (!isExpected) throw error;
      output.world.stderr(`${world.programName}: ${error.message}\n`);
      exitCode = error instanceof UsageError ? ExitCode.usage : error.exitCode;
    }
    output.finish(exitCode);
    return exitCode;
  };
  return Object.assign(main, { description: { kind: "options", frame: definition, table } as const });
}

/** Makes `main` of commands that are called by a word behind a common name; each is loaded when it is called. */
export function defineGroup(group: {
  readonly name: string;
  readonly summary: string;
  readonly commands: Readonly<Record<string, GroupedCommand>>;
  /** Printed after the list of commands. */
  readonly remark?: string;
}): Main {
  const { name, summary, commands } = group;
  const help = `${name}: ${summary}

Usage: ${name} COMMAND [arguments]

Commands:
${Object.entries(commands)
  .map(([word, command]) => `  ${word.padEnd(14)}${command.summary}`)
  .join("\n")}

${group.remark ?? ""}${name} COMMAND --help tells more.
`;
  const main: Main = async (argv, world) => {
    const [word, ...rest] = argv;
    if (word === "--help" || word === "-?" || word === "help") {
      world.stdout(help);
      return ExitCode.ok;
    }
    if (word === "--version" || word === "-$") {
      world.stdout(versionText());
      return ExitCode.ok;
    }
    if (word === undefined) {
      world.stderr(help);
      return ExitCode.usage;
    }
    if (!Object.hasOwn(commands, word)) {
      const nearest = nearestName(word, Object.keys(commands));
      const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
      world.stderr(`${name}: unknown command "${word}"${hint}\nTry ${name} --help\n`);
      return ExitCode.usage;
    }
    const command = await commands[word]!.load();
    return command.main(rest, { ...world, programName: `${name} ${word}` });
  };
  return Object.assign(main, { description: { kind: "group", name, summary, commands } as const });
}

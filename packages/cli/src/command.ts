import { ExitCode } from "./exit-codes.ts";
import { type HelpFrame, helpText } from "./options/help-text.ts";
import { flagOption, type OptionTable, type ParsedValues } from "./options/option-table.ts";
import { parseOptions } from "./options/parse-options.ts";
import { versionText } from "./version.ts";
import type { World } from "./world.ts";

/** What every file in `commands/` exports as `main`. Resolves to the exit status; never rejects for a user's mistake. */
export type Main = (argv: readonly string[], world: World) => Promise<number>;

export interface CommandDefinition<Table extends OptionTable> extends HelpFrame {
  readonly options: Table;
  /** Runs after the command line was accepted. Throws `UsageError` for combinations that make no sense. */
  run(call: CommandCall<Table>, world: World): number | Promise<number>;
}

export interface CommandCall<Table extends OptionTable> {
  readonly options: ParsedValues<Table>;
  readonly operands: readonly string[];
  /** The command line as it was given, without the program's name. */
  readonly argv: readonly string[];
}

/** A mistake in the command line; the message says what to change. Ends the command with `ExitCode.usage`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const COMMON_OPTIONS = {
  help: flagOption({ long: "help", short: "?", help: "Show this help and exit" }),
  version: flagOption({ long: "version", short: "$", help: "Show the version and exit" }),
};

/** Makes `main` of a command with one option table: adds `--help` and `--version`, reports usage mistakes. */
export function defineCommand<Table extends OptionTable>(definition: CommandDefinition<Table>): Main {
  const table = { ...definition.options, ...COMMON_OPTIONS };
  const refuse = (world: World, message: string): number => {
    world.stderr(`${world.programName}: ${message}\nTry ${world.programName} --help\n`);
    return ExitCode.usage;
  };
  return async (argv, world) => {
    const parsed = parseOptions(table, argv);
    if (!parsed.ok) return refuse(world, parsed.message);
    const common = parsed.values as ParsedValues<typeof COMMON_OPTIONS>;
    if (common.help) {
      world.stdout(helpText(definition, table));
      return ExitCode.ok;
    }
    if (common.version) {
      world.stdout(versionText());
      return ExitCode.ok;
    }
    try {
      return await definition.run(
        { options: parsed.values as ParsedValues<Table>, operands: parsed.operands, argv },
        world,
      );
    } catch (error) {
      if (error instanceof UsageError) return refuse(world, error.message);
      throw error;
    }
  };
}

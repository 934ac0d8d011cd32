import { nearestName } from "./nearest-name.ts";
import { type OptionSpec, type OptionTable, type ParsedValues, takesArgument } from "./option-table.ts";

export type ParseOutcome<Table extends OptionTable> =
  | {
      readonly ok: true;
      readonly values: ParsedValues<Table>;
      readonly operands: readonly string[];
      readonly occurrences: readonly Occurrence<Table>[];
    }
  | {
      readonly ok: false;
      readonly message: string;
      /** The message is one that scripts know: nothing is to be added. */
      readonly isExact?: boolean;
    };

/** One option as it was given, for commands where the order of options matters. */
export interface Occurrence<Table extends OptionTable> {
  readonly name: keyof Table & string;
  readonly argument: string | null;
}

/**
 * Parses a command line (without the program's name). Short options may be combined (`-sQ`), an argument may be
 * attached or follow (`-xFILE`, `-x FILE`, `--xml-file=FILE`, `--xml-file FILE`), options and operands may be mixed, `--` ends
 * the options. Long names are never abbreviated: a later option could make an abbreviation in a script ambiguous.
 */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  argv: readonly string[],
): ParseOutcome<Table> {
  const byLong = new Map<string, string>();
  const byShort = new Map<string, string>();
  const values = new Map<string, boolean | number | string | null | string[]>();
  for (const [name, spec] of Object.entries(table)) {
    byLong.set(spec.long, name);
    if (spec.short !== undefined) byShort.set(spec.short, name);
    values.set(name, initialValue(spec));
  }
  const operands: string[] = [];
  const occurrences: Occurrence<Table>[] = [];

  /** Records one occurrence; returns what is wrong with it. */
  const record = (name: string, shown: string, argument: string | null): string | null => {
    const spec = table[name]!;
    occurrences.push({ name, argument });
    switch (spec.kind) {
      case "flag":
        values.set(name, true);
        return null;
      case "count":
        values.set(name, (values.get(name) as number) + 1);
        return null;
      case "value":
      case "optional":
      case "list":
        if (spec.choices !== undefined && !spec.choices.includes(argument!)) {
          return spec.refusal ?? `${shown}: "${argument}" is not one of ${spec.choices.join(", ")}`;
        }
        if (spec.kind !== "list") values.set(name, argument);
        else (values.get(name) as string[]).push(argument!);
        return null;
    }
  };

  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    if (word === "--") {
      operands.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const long = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const name = byLong.get(long);
      if (name === undefined) return { ok: false, message: unknownOption(`--${long}`, byLong.keys()) };
      let argument: string | null = null;
      if (takesArgument(table[name]!)) {
        if (equals >= 0) argument = word.slice(equals + 1);
        else if (table[name]!.kind === "optional")
          argument = isArgument(argv[index + 1]) ? argv[++index]! : "";
        else if (index + 1 < argv.length) argument = argv[++index]!;
        else return { ok: false, message: missingArgument(`--${long}`, table[name]!) };
      } else if (equals >= 0) {
        return { ok: false, message: `--${long} takes no value, but "${word.slice(equals + 1)}" was given` };
      }
      const problem = record(name, `--${long}`, argument);
      if (problem !== null) return refuse(table[name]!, problem);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const short = word[at]!;
      const name = byShort.get(short);
      if (name === undefined) return { ok: false, message: `unknown option -${short}` };
      let argument: string | null = null;
      const attached = word.slice(at + 1);
      if (takesArgument(table[name]!)) {
        if (attached !== "") argument = attached;
        else if (table[name]!.kind === "optional")
          argument = isArgument(argv[index + 1]) ? argv[++index]! : "";
        else if (index + 1 < argv.length) argument = argv[++index]!;
        else return { ok: false, message: missingArgument(`-${short}`, table[name]!) };
      }
      const problem = record(name, `-${short}`, argument);
      if (problem !== null) return refuse(table[name]!, problem);
      if (argument !== null) break;
    }
  }
  return { ok: true, values: Object.fromEntries(values) as ParsedValues<Table>, operands, occurrences };
}

function refuse(
  spec: OptionSpec,
  message: string,
): { readonly ok: false; readonly message: string; readonly isExact: boolean } {
  return { ok: false, message, isExact: takesArgument(spec) && spec.refusal !== undefined };
}

function initialValue(spec: OptionSpec): boolean | number | null | string[] {
  switch (spec.kind) {
    case "flag":
      return false;
    case "count":
      return 0;
    case "value":
    case "optional":
      return null;
    case "list":
      return [];
  }
}

/** Whether the word after an option with an optional argument is that argument. */
function isArgument(word: string | undefined): boolean {
  return word !== undefined && !(word.startsWith("-") && word.length > 1);
}

function missingArgument(shown: string, spec: OptionSpec): string {
  return `${shown} needs a value: ${shown} ${takesArgument(spec) ? spec.metavar : ""}`;
}

function unknownOption(shown: string, longNames: Iterable<string>): string {
  const nearest = nearestName(shown.slice(2), longNames);
  return nearest === null ? `unknown option ${shown}` : `unknown option ${shown}; did you mean --${nearest}?`;
}

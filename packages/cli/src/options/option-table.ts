/**
 * The typed option table of a command. The parser, `--help` and later completions and the manual are made from
 * it, so they cannot disagree.
 *
 * ```ts
 * const options = {
 *   xmlFile: valueOption({ long: "xml-file", short: "x", metavar: "FILE", help: "Read the CIB from FILE" }),
 *   quiet: flagOption({ long: "quiet", short: "Q", help: "Print only essential output" }),
 *   nodeUp: listOption({ long: "node-up", short: "u", metavar: "NODE", help: "Bring NODE online" }),
 * };
 * // ParsedValues<typeof options> is { xmlFile: string | null; quiet: boolean; nodeUp: readonly string[] }
 * ```
 */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

export type OptionSpec = FlagOption | CountOption | ValueOption | OptionalOption | ListOption;

interface OptionCommon {
  /** Without the leading dashes. */
  readonly long: string;
  /** One character, without the dash. */
  readonly short?: string;
  /** One sentence without a full stop. */
  readonly help: string;
  /** The heading in `--help`; options without one come last, under `Options`. */
  readonly heading?: string;
  /** Accepted but left out of `--help`. */
  readonly isHidden?: boolean;
}

interface WithArgument {
  /** Stands for the argument in `--help`. */
  readonly metavar: string;
  /** When given, any other argument is refused, and completions offer these. */
  readonly choices?: readonly string[];
  /** What is said of any other argument instead of the choices, where scripts know the words. */
  readonly refusal?: string;
}

export interface FlagOption extends OptionCommon {
  readonly kind: "flag";
}
/** A flag whose number of occurrences counts, such as `-VV`. */
export interface CountOption extends OptionCommon {
  readonly kind: "count";
}
/** The last occurrence wins. */
export interface ValueOption extends OptionCommon, WithArgument {
  readonly kind: "value";
}
/**
 * The argument may be left out: then the value is the empty string. A word that follows is the argument unless it starts with a
 * dash.
 */
export interface OptionalOption extends OptionCommon, WithArgument {
  readonly kind: "optional";
}
/** Every occurrence counts, in the order of the command line. */
export interface ListOption extends OptionCommon, WithArgument {
  readonly kind: "list";
}

type ValueOf<Spec extends OptionSpec> = Spec extends FlagOption
  ? boolean
  : Spec extends CountOption
    ? number
    : Spec extends ListOption
      ? readonly string[]
      : string | null;

export type ParsedValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>;
};

export function flagOption(spec: Omit<FlagOption, "kind">): FlagOption {
  return { kind: "flag", ...spec };
}

export function countOption(spec: Omit<CountOption, "kind">): CountOption {
  return { kind: "count", ...spec };
}

export function valueOption(spec: Omit<ValueOption, "kind">): ValueOption {
  return { kind: "value", ...spec };
}

export function optionalOption(spec: Omit<OptionalOption, "kind">): OptionalOption {
  return { kind: "optional", ...spec };
}

export function listOption(spec: Omit<ListOption, "kind">): ListOption {
  return { kind: "list", ...spec };
}

export function takesArgument(spec: OptionSpec): spec is ValueOption | OptionalOption | ListOption {
  return spec.kind === "value" || spec.kind === "optional" || spec.kind === "list";
}

/** Options of `pcs`; which ones a command takes is in its table entry. */
const FLAGS = [
  "--agent-validation",
  "--all",
  "--autodelete",
  "--brief",
  "--config",
  "--defaults",
  "--disabled",
  "--enable",
  "--expired",
  "--force",
  "--full",
  "--help",
  "--hide-inactive",
  "--local",
  "--master",
  "--monitor",
  "--no-cluster-uuid",
  "--no-default-ops",
  "--no-expire-check",
  "--no-keys-sync",
  "--no-strict",
  "--no-watchdog-validation",
  "--nodesc",
  "--off",
  "--overwrite",
  "--plan",
  "--plan-json",
  "--promoted",
  "--safe",
  "--simulate",
  "--skip-offline",
  "--start",
  "--strict",
  "--version",
] as const;

const WITH_VALUE = [
  "--after",
  "--authkey",
  "--before",
  "--corosync_conf",
  "--from",
  "--group",
  "--name",
  "--output-format",
  "--request-timeout",
  "--to",
  "-f",
  "-p",
  "-u",
] as const;

/** Alone, or with a value after `=`. */
const WITH_OPTIONAL_VALUE = ["--wait"] as const;

export type OptionName =
  | (typeof FLAGS)[number]
  | (typeof WITH_VALUE)[number]
  | (typeof WITH_OPTIONAL_VALUE)[number];

/** Value of an option that was given; null when it has none. */
export type GivenOptions = ReadonlyMap<OptionName, string | null>;

export type ParsedLine =
  | { readonly ok: true; readonly words: readonly string[]; readonly options: GivenOptions }
  | { readonly ok: false; readonly message: string; readonly showsUsage: boolean };

const LONG_NAMES: readonly string[] = [...FLAGS, ...WITH_VALUE, ...WITH_OPTIONAL_VALUE].filter((name) =>
  name.startsWith("--"),
);
const VALUE_NAMES: ReadonlySet<string> = new Set(WITH_VALUE);

/** Negative numbers and -INFINITY are words, not options. */
const NEGATIVE = /^-(\d+|INFINITY)$/i;

/**
 * Takes options out of a command line, wherever they stand; after `--` all is words. A long option may be cut short as long as it is clear
 * which one is meant.
 */
export function parseLine(argv: readonly string[]): ParsedLine {
  const words: string[] = [];
  const options = new Map<OptionName, string | null>();
  const refuse = (message: string): ParsedLine => ({ ok: false, message, showsUsage: true });
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    if (word === "--") {
      words.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-" || NEGATIVE.test(word)) {
      words.push(word);
      continue;
    }
    let name = word;
    let value: string | null = null;
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const written = equals < 0 ? word : word.slice(0, equals);
      const found = longOption(written);
      if (found === null) return refuse(unknownOption(written));
      if (found === "ambiguous") return refuse(`${written} can be several options; write it in full`);
      name = found;
      if (equals >= 0) value = word.slice(equals + 1);
    } else {
      name = word.slice(0, 2) === "-h" ? "--help" : word.slice(0, 2);
      if (name !== "--help" && !VALUE_NAMES.has(name)) return refuse(unknownOption(name));
      if (word.length > 2) value = word.slice(2);
    }
    const needsValue = VALUE_NAMES.has(name);
    if (needsValue && value === null) {
      index++;
      if (index >= argv.length) return refuse(`option ${name} needs a value`);
      value = argv[index]!;
    }
    if (!needsValue && value !== null && name !== "--wait") {
      return refuse(`option ${name} takes no value`);
    }
    if (options.has(name as OptionName)) {
      return { ok: false, message: `${name} can be given only once`, showsUsage: false };
    }
    options.set(name as OptionName, value);
  }
  return { ok: true, words, options };
}

/** Options of pcs 0.11 that would change nothing here, with the reason. Whoever gives one is told, not left to believe in it. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  "--debug": "what the cluster does is in the journal of quorated",
  "--no-stop": "a resource is deleted from the configuration first, and stopped by the cluster then",
};

function unknownOption(written: string): string {
  const reason = NOT_OFFERED[written];
  return reason === undefined
    ? `there is no option ${written}`
    : `option ${written} is not offered: ${reason}`;
}

function longOption(written: string): string | "ambiguous" | null {
  if (LONG_NAMES.includes(written)) return written;
  const candidates = LONG_NAMES.filter((name) => name.startsWith(written));
  if (written.length < 3 || candidates.length === 0) return null;
  return candidates.length === 1 ? candidates[0]! : "ambiguous";
}

/** Options that every command takes. */
export const COMMON_OPTIONS: ReadonlySet<OptionName> = new Set<OptionName>([
  "--help",
  "--plan",
  "--plan-json",
  "--version",
]);

import type { Shell } from "./shell.ts";

/** A command of one level of the shell. */
export interface ShellCommand {
  /** What stands behind the name, for usage and help. */
  readonly usage: string;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly atLeast?: number;
  /** Null: any number. Default: `atLeast`. */
  readonly atMost?: number | null;
  /** Whether the rest of the line is one argument, quotes and all. */
  readonly isRaw?: boolean;
  /** Whether it changes what the cluster does, so that `--wait` waits after it. */
  readonly isAwaited?: boolean;
  /** Whether it configures more than the state of what there is, so that it is not for operators. */
  readonly isForAdministrators?: boolean;
  /** False when it failed; it has told why. */
  run(shell: Shell, args: readonly string[]): boolean | Promise<boolean>;
}

/** A level: the commands that can be typed there, and the levels below it. */
export interface Level {
  /** Empty for the top. */
  readonly name: string;
  readonly help: string;
  readonly commands: Readonly<Record<string, ShellCommand>>;
  readonly levels: Readonly<Record<string, Level>>;
  /** Whether all in it configures, so that it is not for operators. */
  readonly isForAdministrators?: boolean;
  /** Names of old that still work. */
  readonly deprecated: Readonly<Record<string, string>>;
  /** What is left to do when the level is left, for example changes to commit. False: failed. */
  leave?(shell: Shell): Promise<boolean>;
}

/** Whether the skill level `operator` is enough for a command at the end of this path. */
export function isForOperators(path: readonly Level[], command: ShellCommand): boolean {
  return ![...path, command].some(({ isForAdministrators }) => isForAdministrators === true);
}

export type Found =
  | { readonly kind: "command"; readonly name: string; readonly command: ShellCommand }
  | { readonly kind: "level"; readonly level: Level }
  | { readonly kind: "none" };

/** What a word means at a level: a name, a name of old, or the beginning of exactly one name. */
export function findInLevel(level: Level, word: string, tell: (message: FindMessage) => void): Found {
  const exact = exactly(level, word);
  if (exact !== null) return exact;
  const successor = Object.hasOwn(level.deprecated, word) ? level.deprecated[word]! : null;
  if (successor !== null) {
    tell({ kind: "deprecated", word, name: successor });
    return exactly(level, successor) ?? { kind: "none" };
  }
  const names = [...Object.keys(level.commands), ...Object.keys(level.levels)];
  const matching = word === "" ? [] : names.filter((name) => name.startsWith(word));
  if (matching.length !== 1) return { kind: "none" };
  tell({ kind: "accepted", word, name: matching[0]! });
  return exactly(level, matching[0]!) ?? { kind: "none" };
}

export interface FindMessage {
  readonly kind: "deprecated" | "accepted";
  readonly word: string;
  readonly name: string;
}

function exactly(level: Level, word: string): Found | null {
  if (Object.hasOwn(level.commands, word))
    return { kind: "command", name: word, command: level.commands[word]! };
  return Object.hasOwn(level.levels, word) ? { kind: "level", level: level.levels[word]! } : null;
}

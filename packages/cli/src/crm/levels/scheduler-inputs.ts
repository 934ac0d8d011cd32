import { FileError } from "../../world.ts";
import type { Shell } from "../shell/shell.ts";

/** Where the daemon keeps what the scheduler decided on, below its root. */
const INPUTS = "/var/lib/quorate/pengine";

export interface SchedulerInput {
  readonly name: string;
  readonly number: number;
}

/** What this host kept as DC, in the order of the names' numbers, kind by kind: warnings and errors are numbered by themselves. */
export function inputsOf(shell: Shell): SchedulerInput[] {
  return namesOf(shell)
    .flatMap((name) => {
      const found = /^(pe-(?:input|warn|error))-(\d+)\.(?:bz2|xml)$/.exec(name);
      return found === null ? [] : [{ name, kind: found[1]!, number: Number(found[2]) }];
    })
    .sort((one, other) =>
      one.kind === other.kind ? one.number - other.number : one.kind < other.kind ? -1 : 1,
    );
}

function namesOf(shell: Shell): readonly string[] {
  try {
    return shell.world.listFiles(inputFolder(shell));
  } catch (error) {
    // No DC ran here yet, or this user may not look.
    if (error instanceof FileError) return [];
    throw error;
  }
}

/** The inputs that words name: a number, a range of numbers (`3:7`), or a name with or without its ending. */
export function inputsNamed(shell: Shell, words: readonly string[]): SchedulerInput[] {
  const isMeant = ({ name, number }: SchedulerInput) =>
    words.some((word) => {
      const range = /^(\d+):(\d+)$/.exec(word);
      if (range !== null) return number >= Number(range[1]) && number <= Number(range[2]);
      return word === name || word === stemOf(name) || word === String(number);
    });
  return inputsOf(shell).filter(isMeant);
}

function stemOf(name: string): string {
  return name.replace(/\.(?:bz2|xml)$/, "");
}

/** Numbers start anew when there are many, so the last is not the highest: the file beside them holds the next one. */
function lastNumber(shell: Shell): number | null {
  const file = `${inputFolder(shell)}/pe-input.last`;
  return shell.world.fileExists(file) ? Number(shell.world.readFile(file)) - 1 : null;
}

export function inputFolder(shell: Shell): string {
  if (shell.start.historyFolder !== null) return shell.start.historyFolder;
  return `${shell.world.env.QUORATE_ROOT ?? ""}${INPUTS}`;
}

/**
 * The file of an input, by its path, name or number; the last one by 0 or nothing, and those before it by -1, -2, ... A number means the input of
 * the usual kind. Null when there is none.
 */
export function inputFile(shell: Shell, which: string | undefined): string | null {
  if (which?.includes("/")) return shell.world.fileExists(which) ? which : null;
  const inputs = inputsOf(shell);
  const usual = inputs.filter(({ name }) => name.startsWith("pe-input-"));
  const number = which === undefined ? 0 : /^-?\d+$/.test(which) ? Number(which) : null;
  const exact = usual.find((input) => input.number === number);
  const found =
    number === null
      ? inputs.find(({ name }) => name === which || stemOf(name) === which)
      : number > 0
        ? exact
        : (before(usual, lastNumber(shell), -number) ?? (which === undefined ? undefined : exact));
  return found === undefined ? null : `${inputFolder(shell)}/${found.name}`;
}

/** The input `count` before the last one. Without a last one nothing is before it. */
function before(
  usual: readonly SchedulerInput[],
  last: number | null,
  count: number,
): SchedulerInput | undefined {
  const place = usual.findIndex(({ number }) => number === last);
  // The one with the highest number stands before the first when numbers have started anew.
  return place < 0 || count >= usual.length ? undefined : usual.at(place - count);
}

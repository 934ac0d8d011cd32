import type { World } from "../../world.ts";
import type { Shell } from "../shell/shell.ts";
import { fetchedHosts } from "./history/fetched.ts";
import { filesIn, hostsInSource } from "./history/source.ts";

/** Where the daemon keeps what the scheduler decided on, below its root. */
const INPUTS = "/var/lib/quorate/pengine";

export interface SchedulerInput {
  readonly folder: string;
  readonly name: string;
  readonly number: number;
}

/** The folders of the inputs that are looked at: this host's own and what `history refresh` fetched, or those of a report. */
export function inputFolders(shell: Shell): readonly string[] {
  const hosts = hostsInSource(shell);
  if (hosts !== null) return hosts.map(({ inputFolder }) => inputFolder);
  return [
    `${shell.world.env.QUORATE_ROOT ?? ""}${INPUTS}`,
    ...fetchedHosts(shell).map(({ inputFolder }) => inputFolder),
  ];
}

/**
 * The inputs that hosts kept as DC. Those of one host in the order of the names' numbers, kind by kind: warnings and errors are numbered by
 * themselves. Those of several by the time when they were decided on.
 */
export function inputsOf(shell: Shell): SchedulerInput[] {
  const folders = inputFolders(shell)
    .map((folder) => inputsIn(shell.world, folder))
    .filter((inputs) => inputs.length > 0);
  if (folders.length < 2) return folders.flat();
  const times = new Map(folders.flat().map((input) => [input, decidedMs(shell.world, input)]));
  return folders.flat().sort((one, other) => times.get(one)! - times.get(other)!);
}

function inputsIn(world: World, folder: string): SchedulerInput[] {
  return filesIn(world, folder)
    .flatMap((name) => {
      const found = /^(pe-(?:input|warn|error))-(\d+)\.(?:bz2|xml)$/.exec(name);
      return found === null ? [] : [{ folder, name, kind: found[1]!, number: Number(found[2]) }];
    })
    .sort((one, other) =>
      one.kind === other.kind ? one.number - other.number : one.kind < other.kind ? -1 : 1,
    );
}

/** When an input was decided on: it says so itself. A compressed one is as old as its file. */
export function decidedMs(world: World, { folder, name }: SchedulerInput): number {
  const path = `${folder}/${name}`;
  const said = name.endsWith(".xml") ? /\bexecution-date="(\d+)"/.exec(world.readFile(path))?.[1] : undefined;
  return said === undefined ? world.changedMs(path) : Number(said) * 1000;
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
function lastNumber({ world }: Shell, folder: string): number | null {
  const file = `${folder}/pe-input.last`;
  return world.fileExists(file) ? Number(world.readFile(file)) - 1 : null;
}

/**
 * The file of an input, by its path or the unique end of it, name or number; the last one by 0 or nothing, and those before it by -1, -2, ... A
 * number means the input of the usual kind. Null when there is none.
 */
export function inputFile(shell: Shell, which: string | undefined): string | null {
  if (which?.includes("/") && shell.world.fileExists(which)) return which;
  const inputs = inputsOf(shell);
  const usual = inputs.filter(({ name }) => name.startsWith("pe-input-"));
  const number = which === undefined ? 0 : /^-?\d+$/.test(which) ? Number(which) : null;
  const exact = usual.findLast((input) => input.number === number);
  const found =
    number === null
      ? inputs.findLast(
          (input) => [input.name, stemOf(input.name)].includes(which!) || pathOf(input).endsWith(`/${which}`),
        )
      : number > 0
        ? exact
        : (before(shell, usual, -number) ?? (which === undefined ? undefined : exact));
  return found === undefined ? null : pathOf(found);
}

export function pathOf({ folder, name }: SchedulerInput): string {
  return `${folder}/${name}`;
}

/** The input `count` before the last one. Without a last one nothing is before it. */
function before(shell: Shell, usual: readonly SchedulerInput[], count: number): SchedulerInput | undefined {
  const folders = new Set(usual.map(({ folder }) => folder));
  if (folders.size !== 1) return usual.at(-1 - count);
  const last = lastNumber(shell, usual[0]!.folder);
  const place =
    last === null && hostsInSource(shell) !== null
      ? usual.length - 1
      : usual.findIndex(({ number }) => number === last);
  // The one with the highest number stands before the first when numbers have started anew.
  return place < 0 || count >= usual.length ? undefined : usual.at(place - count);
}

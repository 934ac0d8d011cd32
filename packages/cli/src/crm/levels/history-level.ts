import { FileError } from "../../world.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { simulate } from "./tools.ts";

/** Where the daemon keeps what the scheduler decided on, below its root. */
const INPUTS = "/var/lib/quorate/pengine";

/** What the cluster decided before, from the inputs of the scheduler that a DC keeps. */
export const historyLevel: Level = {
  name: "history",
  help: "What the cluster decided before, and why",
  isForAdministrators: true,
  levels: {},
  deprecated: { pefiles: "peinputs" },
  commands: {
    info: { usage: "", help: "Show where inputs of the scheduler are kept, and how many", run: info },
    peinputs: {
      usage: "[NAME ...]",
      help: "List the inputs that this host kept as DC, all or those named",
      atMost: null,
      run: peinputs,
    },
    transition: {
      usage: "[NUMBER|NAME|FILE]",
      help: "Show what the cluster did on an input, by default on the last one; another DC decided others",
      atMost: 1,
      run: (shell, [which]) => onInput(shell, "transition", which, ["--simulate"]),
    },
    scores: {
      usage: "[NUMBER|NAME|FILE]",
      help: "Show the scores that placed resources on an input, by default on the last one",
      atMost: 1,
      run: (shell, [which]) => onInput(shell, "scores", which, ["--show-scores"]),
    },
  },
};

interface Input {
  readonly name: string;
  readonly number: number;
}

/** In the order of their names' numbers, kind by kind: warnings and errors are numbered by themselves. */
function inputsOf(shell: Shell): Input[] {
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
    return shell.world.listFiles(directoryOf(shell));
  } catch (error) {
    // No DC ran here yet, or this user may not look.
    if (error instanceof FileError) return [];
    throw error;
  }
}

function stemOf(name: string): string {
  return name.replace(/\.(?:bz2|xml)$/, "");
}

/** Numbers start anew when there are many, so the last is not the highest: the file beside them holds the next one. */
function lastNumber(shell: Shell): number | null {
  const file = `${directoryOf(shell)}/pe-input.last`;
  return shell.world.fileExists(file) ? Number(shell.world.readFile(file)) - 1 : null;
}

function directoryOf(shell: Shell): string {
  if (shell.start.historyFolder !== null) return shell.start.historyFolder;
  return `${shell.world.env.QUORATE_ROOT ?? ""}${INPUTS}`;
}

function info(shell: Shell): boolean {
  const inputs = inputsOf(shell);
  shell.messages.print(
    `Source: ${directoryOf(shell)} of this host; other hosts have what they decided as DC`,
  );
  shell.messages.print(`Inputs of the scheduler: ${inputs.length}`);
  return true;
}

function peinputs(shell: Shell, names: readonly string[]): boolean {
  const inputs = inputsOf(shell);
  const isMeant = ({ name, number }: Input) =>
    names.some((word) => word === name || word === stemOf(name) || word === String(number));
  const chosen = names.length === 0 ? inputs : inputs.filter(isMeant);
  for (const { name } of chosen) shell.messages.print(`${directoryOf(shell)}/${name}`);
  if (chosen.length > 0) return true;
  shell.messages.error(`history.peinputs: this host kept no such input in ${directoryOf(shell)}`);
  return false;
}

async function onInput(
  shell: Shell,
  command: string,
  which: string | undefined,
  options: readonly string[],
): Promise<boolean> {
  const file = fileOf(shell, which);
  if (file === null) {
    const wanted = which === undefined ? "any input" : `an input "${which}"`;
    shell.messages.error(
      `history.${command}: this host did not keep ${wanted} in ${directoryOf(shell)}; "peinputs" lists what there is`,
    );
    return false;
  }
  shell.messages.print(`Input: ${file}`);
  return simulate(shell, ["--xml-file", file, ...options]);
}

/** A number means the input of the usual kind. */
function fileOf(shell: Shell, which: string | undefined): string | null {
  if (which?.includes("/")) return shell.world.fileExists(which) ? which : null;
  const inputs = inputsOf(shell);
  const usual = inputs.filter(({ name }) => name.startsWith("pe-input-"));
  const found =
    which === undefined
      ? usual.find(({ number }) => number === lastNumber(shell))
      : /^\d+$/.test(which)
        ? usual.find(({ number }) => number === Number(which))
        : inputs.find(({ name }) => name === which || stemOf(name) === which);
  return found === undefined ? null : `${directoryOf(shell)}/${found.name}`;
}

import { UsageError } from "../../../command.ts";
import { reportTime } from "../../../report/report-span.ts";
import type { Level } from "../../shell/level.ts";
import type { Shell } from "../../shell/shell.ts";
import { importCib } from "../cib-level.ts";
import { inputFile, inputFolder, inputsNamed, inputsOf } from "../scheduler-inputs.ts";
import { simulate } from "../tools.ts";
import { allEvents, linesOfTransition, nodeEvents, print, resourceEvents } from "./events.ts";
import { diffInputs, showInput } from "./input-commands.ts";
import { readLog } from "./log-lines.ts";

/** What the cluster decided before, from the inputs of the scheduler that a DC keeps, and what its logs tell. */
export const historyLevel: Level = {
  name: "history",
  help: "What the cluster decided and did before, and why",
  isForAdministrators: true,
  levels: {},
  deprecated: { pefiles: "peinputs" },
  commands: {
    info: { usage: "", help: "Show where inputs of the scheduler are kept, and how many", run: info },
    limit: {
      usage: "[FROM [TO]]",
      help: "Look at this time only, in place of the last hour, for example 13:05 or 2026-11-28T13:05; nothing: the last hour again",
      atMost: 2,
      run: limit,
    },
    detail: {
      usage: "{0|1}",
      help: "Choose whether looks at resources that found them well are shown, too",
      atLeast: 1,
      run: chooseDetail,
    },
    exclude: {
      usage: "[REGEX|clear]",
      help: "Leave lines of the log out, and those of one more expression; show the expressions; or forget them",
      atMost: 1,
      run: exclude,
    },
    log: {
      usage: "[NODE ...]",
      help: "Show the log of the cluster on all hosts, or on those named, by time; other hosts are asked through ssh",
      atMost: null,
      run: async (shell, nodes) => print(shell, await readLog(shell, nodes), () => true),
    },
    resource: {
      usage: "RESOURCE ...",
      help: "Show what was done with resources, and what failed; names may be regular expressions",
      atLeast: 1,
      atMost: null,
      run: resourceEvents,
    },
    node: {
      usage: "NODE ...",
      help: "Show how nodes came, went and were fenced; names may be regular expressions",
      atLeast: 1,
      atMost: null,
      run: nodeEvents,
    },
    events: { usage: "", help: "Show what happened to all resources and nodes", run: allEvents },
    peinputs: {
      usage: "[NUMBER|FROM:TO|NAME ...]",
      help: "List the inputs that this host kept as DC, all or those named",
      atMost: null,
      run: peinputs,
    },
    transition: {
      usage: "[log|save] [NUMBER|NAME|FILE [SHADOW]]",
      help: "Show what the cluster did on an input, by default on the last one (0; -1 is the one before); log: its log; save: the input as a shadow CIB",
      atMost: 3,
      run: transition,
    },
    scores: {
      usage: "[NUMBER|NAME|FILE]",
      help: "Show the scores that placed resources on an input, by default on the last one",
      atMost: 1,
      run: (shell, [which]) =>
        onInput(shell, "scores", which, (file) => simulateInput(shell, file, ["--show-scores"])),
    },
    graph: {
      usage: "NUMBER|NAME|FILE DOTFILE",
      help: "Write what the cluster did on an input as a graph for graphviz",
      atLeast: 2,
      run: (shell, [which, dotFile]) =>
        onInput(shell, "graph", which, (file) =>
          simulateInput(shell, file, ["--quiet", "--simulate", "--save-dotfile", dotFile!]),
        ),
    },
    show: {
      usage: "NUMBER|NAME|FILE|live [status]",
      help: "Show the configuration in an input, or the state of the cluster in it",
      atLeast: 1,
      atMost: 2,
      run: showInput,
    },
    diff: {
      usage: "NUMBER|NAME|FILE|live NUMBER|NAME|FILE|live [status]",
      help: "Show how the configuration of one input differs from that of another, or the state",
      atLeast: 2,
      atMost: 3,
      run: diffInputs,
    },
  },
};

function info(shell: Shell): boolean {
  shell.messages.print(
    `Source: ${inputFolder(shell)} of this host; other hosts have what they decided as DC`,
  );
  shell.messages.print(`Inputs of the scheduler: ${inputsOf(shell).length}`);
  return true;
}

function limit(shell: Shell, [from, to]: readonly string[]): boolean {
  const nowMs = shell.world.nowMs();
  try {
    const fromS = from === undefined ? null : reportTime("FROM", from, nowMs);
    const toS = to === undefined ? null : reportTime("TO", to, nowMs);
    if (fromS !== null && toS !== null && toS < fromS) throw new UsageError("TO is before FROM");
    Object.assign(shell.history, { fromS, toS });
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    shell.messages.error(`history.limit: ${error.message}`);
    return false;
  }
}

function chooseDetail(shell: Shell, [level]: readonly string[]): boolean {
  if (level !== "0" && level !== "1") {
    shell.messages.error(`history.detail: "${level}" is not known here. Expected 0 or 1`);
    return false;
  }
  shell.history.detail = level === "1" ? 1 : 0;
  return true;
}

function exclude(shell: Shell, [pattern]: readonly string[]): boolean {
  const { history, messages } = shell;
  if (pattern === undefined) for (const { source } of history.excluded) messages.print(source);
  else if (pattern === "clear") history.excluded = [];
  else {
    try {
      history.excluded = [...history.excluded, new RegExp(pattern)];
    } catch (error) {
      messages.error(`history.exclude: ${(error as Error).message}`);
      return false;
    }
  }
  return true;
}

function peinputs(shell: Shell, words: readonly string[]): boolean {
  const chosen = words.length === 0 ? inputsOf(shell) : inputsNamed(shell, words);
  for (const { name } of chosen) shell.messages.print(`${inputFolder(shell)}/${name}`);
  if (chosen.length > 0) return true;
  shell.messages.error(`history.peinputs: this host kept no such input in ${inputFolder(shell)}`);
  return false;
}

function transition(shell: Shell, words: readonly string[]): boolean | Promise<boolean> {
  const [first, ...others] = words;
  const isPart = first === "log" || first === "save";
  const [which, name, odd] = isPart ? others : words;
  if (odd !== undefined || (name !== undefined && first !== "save")) {
    shell.messages.error(`history.transition: "${odd ?? name}" is not known here`);
    return false;
  }
  return onInput(shell, "transition", which, async (file) => {
    if (first === "save") return importCib(shell, name === undefined ? [file] : [file, name]);
    if (first !== "log") return simulateInput(shell, file, ["--simulate"]);
    const lines = linesOfTransition(await readLog(shell, []), file);
    if (lines !== null) return print(shell, lines, () => true);
    shell.messages.error(
      `history.transition: the log of this time has nothing of ${file}; "limit" chooses another time`,
    );
    return false;
  });
}

async function onInput(
  shell: Shell,
  command: string,
  which: string | undefined,
  use: (file: string) => boolean | Promise<boolean>,
): Promise<boolean> {
  const file = inputFile(shell, which);
  if (file !== null) return use(file);
  const wanted = which === undefined ? "any input" : `an input "${which}"`;
  shell.messages.error(
    `history.${command}: this host did not keep ${wanted} in ${inputFolder(shell)}; "peinputs" lists what there is`,
  );
  return false;
}

function simulateInput(shell: Shell, file: string, options: readonly string[]): Promise<boolean> {
  shell.messages.print(`Input: ${file}`);
  return simulate(shell, ["--xml-file", file, ...options]);
}

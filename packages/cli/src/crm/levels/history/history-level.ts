import { parseXml } from "@quorate/xml";
import { UsageError } from "../../../command.ts";
import { reportTime } from "../../../report/report-span.ts";
import type { Level } from "../../shell/level.ts";
import type { Shell } from "../../shell/shell.ts";
import { importCib } from "../cib-level.ts";
import { showGraph } from "../configure/graph-command.ts";
import { inputFile, inputFolders } from "../scheduler-inputs.ts";
import { isSimulationWord, onSimulation, SIMULATION_WORDS } from "../simulation-words.ts";
import { allEvents, isEvent, nodeEvents, print, resourceEvents } from "./events.ts";
import { diffInputs, diffWords, showInput } from "./input-commands.ts";
import { readLog } from "./log-lines.ts";
import { session } from "./sessions.ts";
import { refresh, setNodes, showInfo, source } from "./source-commands.ts";
import { latestTransition, listInputs, listTransitions, tagsOf, transitionOf } from "./transitions.ts";

/** What the cluster decided before, from the inputs of the scheduler that a DC keeps, and what its logs tell. */
export const historyLevel: Level = {
  name: "history",
  help: "What the cluster decided and did before, and why",
  isForAdministrators: true,
  levels: {},
  deprecated: { pefiles: "peinputs" },
  commands: {
    info: {
      usage: "",
      help: "Show what is looked at: source, time, nodes, resources, transitions",
      run: showInfo,
    },
    source: {
      usage: "[live|FOLDER|ARCHIVE]",
      help: "Look into a report of crm_report in place of the running cluster; an archive is unpacked beside itself; show what is looked at",
      atMost: 1,
      run: source,
    },
    setnodes: {
      usage: "NODE ...",
      help: "Take logs of these hosts, where the shell runs on one that is not in the cluster",
      atLeast: 1,
      atMost: null,
      run: setNodes,
    },
    refresh: {
      usage: "[force]",
      help: "Fetch what other hosts decided on as DC, and their logs, through ssh; force: forget what was fetched before",
      atMost: 1,
      run: refresh,
    },
    session: {
      usage: "[{save|load|delete} NAME|pack [NAME]|update|list]",
      help: "Keep what is looked at under a name, with a report of the running cluster; or make an archive of it",
      atMost: 3,
      run: session,
    },
    latest: {
      usage: "",
      help: "Show what happened since the last decision; waits until the cluster has carried it out",
      run: (shell) => latestTransition(shell, (lines) => print(shell, lines, (line) => isEvent(shell, line))),
    },
    transitions: { usage: "", help: "List the transitions in the log of this time", run: listTransitions },
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
      usage: "[NUMBER|FROM:TO|NAME ...] [v]",
      help: "List the inputs that this host kept as DC, and those that were fetched, all or those named; v: with times, and who changed what",
      atMost: null,
      run: listInputs,
    },
    transition: {
      usage: `[NUMBER|NAME|FILE] ${SIMULATION_WORDS}|{log|tags|showdot|save} [NUMBER|NAME|FILE [SHADOW]]`,
      help: "Show what the cluster did on an input, by default on the last one (0; -1 is the one before); log: its log; tags: what it was about; showdot: its graph; save: the input as a shadow CIB",
      atMost: null,
      run: transition,
    },
    scores: {
      usage: "[NUMBER|NAME|FILE]",
      help: "Show the scores that placed resources on an input, by default on the last one",
      atMost: 1,
      run: (shell, [which]) =>
        onInput(shell, "scores", which, (file) => simulateInput(shell, file, ["scores"])),
    },
    graph: {
      usage: "NUMBER|NAME|FILE [dot [FILE [FORMAT]]]",
      help: "Show what the cluster did on an input as a graph for graphviz, write it to a file, or draw it (svg, png, ...)",
      atLeast: 1,
      atMost: 4,
      run: graphInput,
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
    wdiff: {
      usage: "NUMBER|NAME|FILE|live NUMBER|NAME|FILE|live [status]",
      help: "Show the same by words: [-what is gone-] and {+what came+}",
      atLeast: 2,
      atMost: 3,
      run: diffWords,
    },
  },
};

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

/** What may stand before the input. */
const PARTS = ["log", "tags", "showdot", "save"];

async function transition(shell: Shell, words: readonly string[]): Promise<boolean> {
  const [first, ...others] = words;
  const part = first !== undefined && PARTS.includes(first) ? first : null;
  const isNamed = part === null && first !== undefined && !isSimulationWord(first);
  const which = part !== null ? others[0] : isNamed ? first : undefined;
  const rest = part !== null || isNamed ? others.slice(part === null ? 0 : 1) : words;
  const odd = part === null ? undefined : rest[part === "save" ? 1 : 0];
  if (odd !== undefined) {
    shell.messages.error(`history.transition: "${odd}" is not known here`);
    return false;
  }
  return onInput(shell, "transition", which, async (file) => {
    if (part === "save") return importCib(shell, [file, ...rest]);
    if (part === "showdot")
      return showGraph(shell, "history.transition", await dotOf(shell, file), undefined, undefined);
    if (part === null && !(await simulateInput(shell, file, rest))) return false;
    const found = transitionOf(await readLog(shell, []), file);
    if (part === null) return found === null || print(shell, found.lines, (line) => isEvent(shell, line));
    if (found === null) {
      shell.messages.error(
        `history.transition: the log of this time has nothing of ${file}; "limit" chooses another time`,
      );
      return false;
    }
    if (part === "log") return print(shell, found.lines, () => true);
    for (const tag of tagsOf(found)) shell.messages.print(tag);
    return true;
  });
}

function graphInput(shell: Shell, [which, kind = "dot", file, format]: readonly string[]): Promise<boolean> {
  return onInput(shell, "graph", which, async (input) => {
    if (kind === "dot") return showGraph(shell, "history.graph", await dotOf(shell, input), file, format);
    shell.messages.error(`history.graph: graph type ${kind} is not supported. Known is dot`);
    return false;
  });
}

/** What the cluster did on an input, as graphviz takes it. */
async function dotOf(shell: Shell, file: string): Promise<string> {
  const { main } = await import("../../../commands/crm_simulate.ts");
  let text = "";
  const take = (_path: string, pieces: Iterable<string>) => {
    text = [...pieces].join("");
  };
  await main(["--quiet", "--simulate", "--xml-file", file, "--save-dotfile", "graph.dot"], {
    ...shell.world,
    programName: "crm_simulate",
    stdout: () => {},
    writeFile: take,
    writePieces: take,
  });
  return text;
}

async function onInput(
  shell: Shell,
  command: string,
  which: string | undefined,
  use: (file: string) => boolean | Promise<boolean>,
): Promise<boolean> {
  const file = inputFile(shell, which);
  if (file !== null) return use(file);
  const wanted = which === undefined ? "input" : `input "${which}"`;
  shell.messages.error(
    `history.${command}: no ${wanted} was kept in ${inputFolders(shell).join(", ")}; "peinputs" lists what there is`,
  );
  return false;
}

async function simulateInput(shell: Shell, file: string, words: readonly string[]): Promise<boolean> {
  const parsed = parseXml(shell.world.readFile(file));
  if (!parsed.ok) {
    shell.messages.error(`${file}: ${parsed.error.message}`);
    return false;
  }
  shell.messages.print(`Input: ${file}`);
  return onSimulation(shell, "transition", words, parsed.root, ["--simulate"]);
}

import { parseDurationMs } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { shadowPath } from "../../cluster/cib-source.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { onSimulation, SIMULATION_WORDS } from "./simulation-words.ts";

/** A state of the cluster to play with. */
export interface StatusDraft {
  /** The last argument of `load`; empty for the state as it was read. */
  readonly origin: string;
  readonly cib: XmlElement;
  /** What was changed, in words. */
  readonly changes: readonly string[];
}

/** What would the cluster do if: its state can be changed on a copy, and the scheduler asked. Nothing of it reaches the cluster. */
export const cibstatusLevel: Level = {
  name: "cibstatus",
  help: "What would the cluster do if: change its state on a copy, and look",
  isForAdministrators: true,
  levels: {},
  deprecated: {},
  commands: {
    load: {
      usage: "{FILE|shadow:NAME|live}",
      help: "Take the state from a file, a shadow CIB or the running cluster",
      atLeast: 1,
      run: load,
    },
    save: {
      usage: "[FILE|shadow:NAME]",
      help: "Write the state to a file or shadow CIB; of a CIB that is there only the state is replaced",
      atMost: 1,
      run: save,
    },
    origin: {
      usage: "",
      help: "Show where the state comes from",
      run: (shell) => {
        shell.messages.print(shell.statusDraft?.origin ?? "");
        return true;
      },
    },
    show: {
      usage: "[changed]",
      help: "Show the state as XML, or what was changed in it",
      atMost: 1,
      run: show,
    },
    node: {
      usage: "NODE {online|offline|unclean}",
      help: "Let a node be a member, leave in order, or disappear",
      atLeast: 2,
      run: changeNode,
    },
    op: {
      usage: "OPERATION[:INTERVAL] RESOURCE RC [STATUS] [NODE]",
      help: "Let an operation have ended in this way: by a number, or success, generic, args, unimplemented, perm, installed, configured, not_running, master, failed_master",
      atLeast: 3,
      atMost: 5,
      run: changeOperation,
    },
    quorum: {
      usage: "BOOLEAN",
      help: "Let the cluster have quorum or not",
      atLeast: 1,
      run: (shell, [value]) => {
        const word = /^(?:true|yes|on|1)$/i.test(value!)
          ? "1"
          : /^(?:false|no|off|0)$/i.test(value!)
            ? "0"
            : null;
        if (word !== null) return setQuorum(shell, word);
        shell.messages.error(`cibstatus.quorum: Expected true or false, not "${value}"`);
        return false;
      },
    },
    ticket: {
      usage: "TICKET {grant|revoke|activate|standby}",
      help: "Let a ticket be granted, revoked, active or on standby",
      atLeast: 2,
      run: (shell, [ticket, word]) => {
        if (/^(?:grant|revoke|activate|standby)$/.test(word!))
          return inject(shell, [`--ticket-${word}`, ticket!], `ticket ${ticket} ${word}`);
        shell.messages.error("cibstatus.ticket: Expected TICKET {grant|revoke|activate|standby}");
        return false;
      },
    },
    run: {
      usage: SIMULATION_WORDS,
      help: "Show what the cluster would do in this state",
      atMost: null,
      run: async (shell, args) => onSimulation(shell, "cibstatus.run", args, (await draftOf(shell)).cib, []),
    },
    simulate: {
      usage: SIMULATION_WORDS,
      help: "Show what the cluster would do in this state, and what comes of it",
      atMost: null,
      run: async (shell, args) =>
        onSimulation(shell, "cibstatus.simulate", args, (await draftOf(shell)).cib, ["--simulate"]),
    },
  },
};

/** The state that is played with, at first as it is. */
async function draftOf(shell: Shell): Promise<StatusDraft> {
  shell.statusDraft ??= { origin: "", cib: await shell.readCib(), changes: [] };
  return shell.statusDraft;
}

/** A file's text as a CIB; null when it is none, which is told. @throws FileError */
function readFile(shell: Shell, path: string): XmlElement | null {
  const parsed = parseXml(shell.world.readFile(path));
  const isCib = parsed.ok && parsed.root.name === "cib";
  if (!isCib) shell.messages.error(`${path}: ${parsed.ok ? "this is no CIB" : parsed.error.message}`);
  return isCib ? parsed.root : null;
}

function pathOf(shell: Shell, place: string): string {
  return place.startsWith("shadow:") ? shadowPath(shell.world.env, place.slice("shadow:".length)) : place;
}

async function load(shell: Shell, [place]: readonly string[]): Promise<boolean> {
  if (place === "live") {
    shell.statusDraft = null;
    return true;
  }
  const cib = readFile(shell, pathOf(shell, place!));
  if (cib === null) return false;
  shell.statusDraft = { origin: place!, cib, changes: [] };
  return true;
}

async function save(shell: Shell, [given]: readonly string[]): Promise<boolean> {
  const { cib, origin } = await draftOf(shell);
  const place = given ?? origin;
  if (place === "") {
    shell.messages.error(
      "cibstatus.save: Expected FILE or shadow:NAME: the state of the cluster itself stays as it is",
    );
    return false;
  }
  const path = pathOf(shell, place);
  const target = shell.world.fileExists(path) ? readFile(shell, path) : cib.clone();
  if (target === null) return false;
  target.first("status")?.remove();
  const status = cib.first("status");
  if (status !== null) target.append(status.clone());
  shell.world.writeFile(path, serializeXml(target));
  return true;
}

async function show(shell: Shell, [word]: readonly string[]): Promise<boolean> {
  const { cib, changes } = await draftOf(shell);
  if (word === undefined) shell.page(serializeXml(cib.first("status") ?? cib).trimEnd());
  else if (word === "changed") for (const change of changes) shell.messages.print(change);
  else shell.messages.error(`cibstatus.show: "${word}" is not known here. Expected [changed]`);
  return word === undefined || word === "changed";
}

/** Changes the copy as `crm_simulate` does when it is told of events. */
async function inject(shell: Shell, options: readonly string[], change: string): Promise<boolean> {
  const draft = await draftOf(shell);
  const { main } = await import("../../commands/crm_simulate.ts");
  let after: string | null = null;
  const before = serializeXml(draft.cib);
  const world = {
    ...shell.world,
    programName: "crm_simulate",
    readStdin: () => before,
    stdout: () => {},
    writeFile: (_path: string, text: string) => {
      after = text;
    },
  };
  const status = await main(["--xml-pipe", "--quiet", ...options, "--save-input", "-"], world);
  const parsed = after === null ? null : parseXml(after);
  if (status !== 0 || parsed === null || !parsed.ok) return false;
  shell.statusDraft = { ...draft, cib: parsed.root, changes: [...draft.changes, change] };
  return true;
}

const NODE_EVENTS: Readonly<Record<string, string>> = {
  online: "--node-up",
  offline: "--node-down",
  unclean: "--node-fail",
};

async function changeNode(shell: Shell, [node, state]: readonly string[]): Promise<boolean> {
  const event = Object.hasOwn(NODE_EVENTS, state!) ? NODE_EVENTS[state!]! : null;
  const nodes = (await draftOf(shell)).cib.first("configuration")?.first("nodes")?.all("node") ?? [];
  if (event === null || !nodes.some((element) => element.get("uname") === node)) {
    shell.messages.error(
      event === null
        ? "cibstatus.node: Expected NODE {online|offline|unclean}"
        : `cibstatus.node: node ${node} does not exist`,
    );
    return false;
  }
  return inject(shell, [event, node!], `node ${node} ${state}`);
}

async function setQuorum(shell: Shell, value: string): Promise<boolean> {
  const draft = await draftOf(shell);
  const cib = draft.cib.clone();
  cib.set("have-quorum", value);
  shell.statusDraft = { ...draft, cib, changes: [...draft.changes, `quorum ${value === "1"}`] };
  return true;
}

const RESULTS: readonly string[] = [
  "success",
  "generic",
  "args",
  "unimplemented",
  "perm",
  "installed",
  "configured",
  "not_running",
  "master",
  "failed_master",
];
const STATUSES: readonly string[] = ["pending", "done", "cancelled", "timeout", "notsupported", "error"];

/** Everything but `done` counts as a failure, whatever the agent said. */
async function changeOperation(shell: Shell, args: readonly string[]): Promise<boolean> {
  const refuse = (text: string): false => {
    shell.messages.error(`cibstatus.op: ${text}`);
    return false;
  };
  const [task, resource, ...others] = args as [string, string, ...string[]];
  // The node may stand before the result, too.
  const result = others.find((word) => /^\d+$/.test(word) || RESULTS.includes(word)) ?? others[0]!;
  const rest = others.filter((word) => word !== result);
  const status = rest.find((word) => STATUSES.includes(word)) ?? "done";
  const [node] = rest.filter((word) => !STATUSES.includes(word));
  const [, name, interval] = /^([a-z_]+)(?::(.+))?$/.exec(task) ?? [];
  const code = /^\d+$/.test(result) ? Number(result) : RESULTS.indexOf(result);
  if (name === undefined) return refuse(`"${task}" is no operation`);
  if (code < 0) return refuse(`"${result}" is no result. Known are a number, or ${RESULTS.join(", ")}`);
  if (!STATUSES.includes(status) || status === "pending" || status === "cancelled")
    return refuse(`an operation that is ${status} has not ended`);
  const { cib } = await draftOf(shell);
  const element = [...cib.descendants("primitive")].find(({ id }) => id === resource);
  if (element === undefined) return refuse(`primitive ${resource} does not exist`);
  const ms = intervalOf(element, name, interval);
  if (ms === null) return refuse(`need interval for the ${name} op`);
  const where = node ?? (await nodeOf(shell, resource, cib));
  if (where === null) return refuse(`${resource} runs nowhere; name the node`);
  const shown = status === "done" ? code : 1;
  const words = `${resource}_${name === "probe" ? "monitor" : name}_${ms}@${where}=${shown}`;
  return inject(shell, ["--op-inject", words], `op ${args.join(" ")}`);
}

/** In milliseconds. A monitor without an interval is the first one that is configured; null when there is none. */
function intervalOf(resource: XmlElement, name: string, given: string | undefined): number | null {
  if (given !== undefined) return /^\d+$/.test(given) ? Number(given) * 1000 : parseDurationMs(given);
  if (name !== "monitor") return 0;
  const monitors = resource.all("operations").flatMap((list) => list.all("op"));
  const first = monitors.find((op) => op.get("name") === "monitor");
  return first === undefined ? null : parseDurationMs(first.get("interval") ?? "0");
}

async function nodeOf(shell: Shell, resource: string, cib: XmlElement): Promise<string | null> {
  const { viewCluster } = await import("@quorate/scheduler");
  const view = viewCluster(cib, Math.floor(shell.world.nowMs() / 1000));
  return view.resource(resource)?.active[0]?.node ?? null;
}

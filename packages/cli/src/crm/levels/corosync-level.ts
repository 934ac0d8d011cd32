import {
  addNode,
  type ConfProblem,
  type CorosyncConf,
  itemsOf,
  parseCorosyncConf,
  printCorosyncConf,
  sectionsOf,
  setItem,
  validateCorosyncConf,
  viewCorosyncConf,
} from "@quorate/corosync-conf";
import { nearestName } from "../../options/nearest-name.ts";
import { COROSYNC_CONF } from "../../quorum/read-conf.ts";
import { editText } from "../shell/editor.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { copyFile, diffFile, fetchFile } from "./host-files.ts";
import { pcs } from "./tools.ts";

/** corosync.conf of this host, and the Corosync that runs. */
export const corosyncLevel: Level = {
  name: "corosync",
  help: "Corosync: its configuration and state",
  levels: {},
  deprecated: {},
  commands: {
    show: {
      usage: "",
      help: "Show corosync.conf of this host",
      run: (shell) => {
        shell.messages.print(shell.world.readFile(COROSYNC_CONF).replace(/\n$/, ""));
        return true;
      },
    },
    get: {
      usage: "SECTION[.SECTION].KEY",
      help: "Show the values of a key in corosync.conf, for example totem.token or nodelist.node.name",
      atLeast: 1,
      run: get,
    },
    status: {
      usage: "[ring|quorum]",
      help: "Show how the links are, or who has quorum",
      atMost: 1,
      run: status,
    },
    set: {
      usage: "SECTION[.SECTION].KEY VALUE",
      help: "Set a key in corosync.conf of this host; its section must be there. push and reload make it count",
      atLeast: 2,
      atMost: 2,
      run: (shell, args) => changeCorosyncConf(shell, "corosync.set", (document) => setValue(document, args)),
    },
    "add-node": {
      usage: "ADDRESS [NAME]",
      help: "Add a node with one link to corosync.conf of this host; pcs cluster node add also sets the host up",
      atLeast: 1,
      atMost: 2,
      run: (shell, args) =>
        changeCorosyncConf(shell, "corosync.add-node", (document) => addHost(document, args)),
    },
    "del-node": {
      usage: "ADDRESS",
      help: "Remove the node with this address from corosync.conf of this host; pcs cluster node remove also stops the cluster there",
      atLeast: 1,
      atMost: 1,
      run: (shell, [address]) =>
        changeCorosyncConf(shell, "corosync.del-node", (document) => removeHost(document, address!)),
    },
    edit: { usage: "", help: "Open corosync.conf of this host in an editor ($EDITOR)", run: edit },
    reload: {
      usage: "",
      help: "Have the running Corosync, on all hosts, read its configuration again",
      run: (shell) => pcs(shell, ["cluster", "reload", "corosync"]),
    },
    push: {
      usage: "[HOST ...]",
      help: "Bring corosync.conf of this host to all hosts of the cluster, or through ssh to those named",
      atMost: null,
      run: (shell, hosts) =>
        hosts.length === 0
          ? pcs(shell, ["cluster", "sync", "corosync"])
          : copyFile(shell, "corosync.push", [COROSYNC_CONF, ...hosts]),
    },
    pull: {
      usage: "HOST",
      help: "Take corosync.conf of another host over to this one, through ssh",
      atLeast: 1,
      run: async (shell, [host]) => {
        const text = await fetchFile(shell, "corosync.pull", host!, COROSYNC_CONF);
        return text !== null && write(shell, text);
      },
    },
    diff: {
      usage: "[--checksum] [HOST ...]",
      help: "Show how corosync.conf of this host differs from that of other hosts, or of all, through ssh",
      atMost: null,
      run: (shell, args) => diffFile(shell, "corosync.diff", [COROSYNC_CONF, ...args]),
    },
    log: { usage: "", help: "Show the log file of Corosync", run: log },
  },
};

/** @throws FileError */
function readConf(shell: Shell): CorosyncConf | null {
  const parsed = parseCorosyncConf(shell.world.readFile(COROSYNC_CONF));
  if (parsed.ok) return parsed.document;
  shell.messages.error(`${COROSYNC_CONF}:${parsed.error.line}: ${parsed.error.message}`);
  return null;
}

/** Repeated sections count, each with its keys: a list of nodes has many. */
function valuesOf(document: CorosyncConf, path: string): string[] {
  const names = path.split(".");
  const key = names.pop()!;
  let sections = [document];
  for (const name of names) sections = sections.flatMap((section) => sectionsOf(section, name));
  return sections.flatMap((section) =>
    section.entries.flatMap((entry) => (entry.kind === "item" && entry.key === key ? [entry.value] : [])),
  );
}

function get(shell: Shell, [path]: readonly string[]): boolean {
  const document = readConf(shell);
  if (document === null) return false;
  const values = valuesOf(document, path!);
  for (const value of values) shell.messages.print(value);
  if (values.length > 0) return true;
  shell.messages.error(`corosync.get: there is no "${path}" in ${COROSYNC_CONF}`);
  return false;
}

/** Why a change cannot be made; null when it was made. */
type Refusal = string | null;

/** Changes the file, unless that brings mistakes into it which were not there before. */
export function changeCorosyncConf(
  shell: Shell,
  command: string,
  make: (document: CorosyncConf) => Refusal,
): boolean {
  const document = readConf(shell);
  if (document === null) return false;
  const refusal = make(document);
  if (refusal === null) return write(shell, printCorosyncConf(document));
  shell.messages.error(`${command}: ${refusal}`);
  return false;
}

function setValue(document: CorosyncConf, [path, value]: readonly string[]): Refusal {
  const names = path!.split(".");
  const key = names.pop()!;
  if (names.length === 0) return `"${path}" names no section; write for example totem.token`;
  let sections = [document];
  for (const name of names) {
    const found = sections.flatMap((section) => sectionsOf(section, name));
    if (found.length === 0) {
      const all = sections.flatMap((section) =>
        section.entries.flatMap((entry) => (entry.kind === "section" ? [entry.name] : [])),
      );
      const nearest = nearestName(name, all);
      return `there is no section "${name}" in ${COROSYNC_CONF}${nearest === null ? "" : `; did you mean "${nearest}"?`}`;
    }
    sections = found;
  }
  if (names.at(-1) === "node" && sections.length > 1)
    return `there are ${sections.length} nodes; change the one that is meant with "crm corosync edit"`;
  // Repeated sections count as one: what stands last is in force.
  const holders = sections.filter((section) => itemsOf(section).some((item) => item.key === key));
  return orRefused(() => setItem(holders.at(-1) ?? sections.at(-1)!, key, value!));
}

function addHost(document: CorosyncConf, [address, name]: readonly string[]): Refusal {
  const { nodes } = viewCorosyncConf(document);
  const isTaken = nodes.some(
    (node) => node.name === (name ?? "") || [...node.addresses.values()].includes(address!),
  );
  if (isTaken)
    return `a node with the address ${address}${name === undefined ? "" : ` or the name ${name}`} is there already`;
  if (nodes.some(({ addresses }) => addresses.size > 1))
    return "the nodes have several links; add the node with all its addresses: crm corosync edit";
  const ids = nodes.map(({ nodeId }) => Number(nodeId ?? 0));
  return orRefused(() =>
    addNode(document, [
      ["ring0_addr", address!],
      ...(name === undefined ? [] : [["name", name] as const]),
      ["nodeid", String(Math.max(0, ...ids) + 1)],
    ]),
  );
}

function removeHost(document: CorosyncConf, address: string): Refusal {
  let count = 0;
  for (const list of sectionsOf(document, "nodelist")) {
    const kept = list.entries.filter(
      (entry) =>
        entry.kind !== "section" ||
        entry.name !== "node" ||
        !itemsOf(entry).some(({ key, value }) => key === "ring0_addr" && value === address),
    );
    count += list.entries.length - kept.length;
    list.entries.splice(0, list.entries.length, ...kept);
  }
  return count > 0 ? null : `no node has the ring0_addr ${address}`;
}

/** What a file cannot hold, as the reason why it was not changed. */
export function orRefused(make: () => void): Refusal {
  try {
    make();
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

function edit(shell: Shell): boolean {
  const { world } = shell;
  const before = world.readFile(COROSYNC_CONF);
  const after = editText(shell, before);
  if (after === null) return false;
  if (world.readFile(COROSYNC_CONF) !== before) {
    shell.messages.error(`${COROSYNC_CONF} was changed by somebody else meanwhile; nothing was written`);
    return false;
  }
  return after === before || write(shell, after);
}

/** Corosync does not start with a file that is wrong. What was wrong before may stay so. */
function write(shell: Shell, text: string): boolean {
  const { world, messages, options } = shell;
  const wrong = errorsIn(text);
  const known = new Set(errorsIn(world.readFile(COROSYNC_CONF)).map(({ message }) => message));
  const fresh = wrong.filter(({ message }) => !known.has(message));
  for (const { line, message } of fresh)
    messages.error(`${COROSYNC_CONF}${line === null ? "" : `:${line}`}: ${message}`);
  if (fresh.length > 0 && !options.isForced) {
    messages.info("nothing was written; crm --force writes it all the same");
    return false;
  }
  world.writeFile(COROSYNC_CONF, text);
  return true;
}

function errorsIn(text: string): readonly ConfProblem[] {
  const parsed = parseCorosyncConf(text);
  const problems: readonly ConfProblem[] = parsed.ok
    ? validateCorosyncConf(parsed.document, { nearestName })
    : [{ severity: "error", ...parsed.error }];
  return problems.filter(({ severity }) => severity === "error");
}

function status(shell: Shell, [what = "ring"]: readonly string[]): boolean {
  const program = what === "ring" ? "corosync-cfgtool" : what === "quorum" ? "corosync-quorumtool" : null;
  if (program === null) {
    shell.messages.error(`corosync.status: "${what}" is not known here. Expected [ring|quorum]`);
    return false;
  }
  return shell.world.runForeground(program, ["-s"], {}) === 0;
}

function log(shell: Shell): boolean {
  const document = readConf(shell);
  if (document === null) return false;
  const file = valuesOf(document, "logging.logfile").at(-1);
  if (file === undefined) {
    shell.messages.error(
      `corosync.log: ${COROSYNC_CONF} names no logging.logfile; look with: journalctl --unit corosync`,
    );
    return false;
  }
  shell.messages.print(shell.world.readFile(file).replace(/\n$/, ""));
  return true;
}

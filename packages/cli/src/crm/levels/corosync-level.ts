import { type CorosyncConf, parseCorosyncConf, sectionsOf } from "@quorate/corosync-conf";
import { COROSYNC_CONF } from "../../quorum/read-conf.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { pcs } from "./cluster-level.ts";

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
    reload: {
      usage: "",
      help: "Have the running Corosync, on all hosts, read its configuration again",
      run: (shell) => pcs(shell, ["cluster", "reload", "corosync"]),
    },
    push: {
      usage: "",
      help: "Bring corosync.conf of this host to all hosts of the cluster",
      run: (shell) => pcs(shell, ["cluster", "sync", "corosync"]),
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

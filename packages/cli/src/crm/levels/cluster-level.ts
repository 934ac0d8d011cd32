import { setTimeout as sleep } from "node:timers/promises";
import { setEverywhere } from "@quorate/corosync-conf";
import type { Level, ShellCommand } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { showHealth } from "./cluster-health.ts";
import { changeCorosyncConf, orRefused } from "./corosync-level.ts";
import { CRASH_TEST_USAGE, crashTest } from "./crash-test/crash-test.ts";
import { copyFile, diffFile, runCommand } from "./host-files.ts";
import { LONG_MS_MAX, runOn, shellWord } from "./other-hosts.ts";
import { dcSeenHere } from "./own-dc.ts";
import { crmAttribute, pcs } from "./tools.ts";

const STARTUP_S_DEFAULT = 100;

/** The services of the cluster, on this host and on others. `pcs` does the work, as it does for its own users. */
export const clusterLevel: Level = {
  name: "cluster",
  help: "The cluster's services: start, stop, at boot",
  levels: {},
  deprecated: {},
  commands: {
    start: onHosts("start", "Start the cluster on this host, on others, or on all"),
    stop: {
      ...onHosts("stop", "Stop the cluster on this host, on others, or on all"),
      run: stop,
    },
    restart: {
      ...onHosts("stop", "Stop and start the cluster on this host, on others, or on all"),
      run: async (shell, args) =>
        (await stop(shell, args)) &&
        (shell.world.isPlanning === true || (await pcs(shell, ["cluster", "start", ...args]))),
    },
    enable: onHosts("enable", "Start the cluster at boot"),
    disable: onHosts("disable", "Start the cluster by hand only"),
    status: {
      usage: "",
      help: "Show the cluster's state",
      run: (shell) => pcs(shell, ["cluster", "status"]),
    },
    remove: {
      usage: "HOST ...",
      help: "Stop the cluster on hosts, and take them out of it",
      atLeast: 1,
      atMost: null,
      run: (shell, args) => pcs(shell, ["cluster", "node", "remove", ...args]),
    },
    init: {
      usage: "[-y] [-n NAME] [-N HOST] ...",
      help: "Set up and start a cluster of this host and others that pcs host auth made known",
      atMost: null,
      run: init,
    },
    join: {
      usage: "[-y] -c HOST",
      help: "Let this host join the cluster that HOST is in, through ssh; pcs host auth must have made it known there",
      atMost: null,
      run: join,
    },
    rename: {
      usage: "NAME",
      help: "Give the cluster another name, in corosync.conf of all hosts and in the CIB; Corosync takes it with restart --all",
      atLeast: 1,
      atMost: 1,
      run: rename,
    },
    health: { usage: "", help: "Look for what is wrong with the cluster and its hosts", run: showHealth },
    copy: {
      usage: "FILE [HOST ...]",
      help: "Copy a file of this host to other hosts, or to all of the cluster, through ssh",
      atLeast: 1,
      atMost: null,
      run: (shell, args) => copyFile(shell, "cluster.copy", args),
    },
    diff: {
      usage: "FILE [--checksum] [HOST ...]",
      help: "Show how a file of this host differs from that of other hosts, or of all, through ssh",
      atLeast: 1,
      atMost: null,
      run: (shell, args) => diffFile(shell, "cluster.diff", args),
    },
    run: {
      usage: "COMMAND [HOST ...]",
      help: "Run a command on hosts, or on all of the cluster, through ssh",
      atLeast: 1,
      atMost: null,
      run: (shell, args) => runCommand(shell, "cluster.run", args),
    },
    crash_test: {
      usage: CRASH_TEST_USAGE,
      help: "Make one fault on a cluster that is in use, and tell what it makes of it: kill a daemon of this host, have a node fenced, or cut this host off; asks first",
      atMost: null,
      isForAdministrators: true,
      run: crashTest,
    },
    geo_init: withoutBooth(
      "-s|--clusters NAME=IP ... [-a|--arbitrator IP] [-t|--tickets TICKET ...]",
      "Make this cluster a site of booth",
    ),
    geo_join: withoutBooth(
      "-c|--cluster-node IP -s|--clusters NAME=IP ...",
      "Make this cluster one more site of booth",
    ),
    geo_init_arbitrator: withoutBooth("-c|--cluster-node IP", "Make this host an arbitrator of booth"),
    wait_for_startup: {
      usage: "[SECONDS]",
      help: "Wait until the cluster has a DC, as this host sees it",
      atMost: 1,
      run: waitForStartup,
    },
  },
};

async function stop(shell: Shell, args: readonly string[]): Promise<boolean> {
  if (shell.world.isPlanning !== true) return pcs(shell, ["cluster", "stop", ...args]);
  const { shutDownCopy } = await import("../../plan/planned-shutdown.ts");
  return (await shutDownCopy(shell.world, args.includes("--all") ? null : args)) === 0;
}

function onHosts(verb: string, help: string): ShellCommand {
  return {
    usage: "[--all | HOST ...]",
    help,
    atMost: null,
    run: (shell, args) => pcs(shell, ["cluster", verb, ...args]),
  };
}

/** Tickets are the cluster's; who grants them is set up with booth's own means. */
function withoutBooth(usage: string, help: string): ShellCommand {
  return {
    usage,
    help: `${help}: not done here, it says what to do`,
    atMost: null,
    run: ({ messages }, _args) => {
      messages.error(
        'booth is not set up here. Install booth, write /etc/booth/booth.conf with the sites and tickets (boothd(8)) on all of them and on the arbitrators, and start booth@booth on these; in each site configure ocf:pacemaker:booth-site with its address in one group. It grants tickets with crm_ticket, which is here; "crm site ticket" does so by hand',
      );
      return false;
    },
  };
}

/** The options that set up or join a cluster; null after one that is not known, which is told. */
function bootstrapOptions(
  shell: Shell,
  command: string,
  args: readonly string[],
  known: Readonly<Record<string, string>>,
): ReadonlyMap<string, readonly string[]> | null {
  const values = new Map<string, string[]>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (word === "-y" || word === "--yes") continue;
    const [name = "", inWord] = word.split(/=(.*)/s);
    const option = Object.hasOwn(known, name) ? known[name]! : null;
    const value = inWord ?? args[++at];
    if (option === null || value === undefined) {
      shell.messages.error(
        option === null
          ? `cluster.${command}: ${word} is not known here. Known are ${Object.keys(known).join(", ")}, -y; for links, transport and quorum use pcs cluster setup`
          : `cluster.${command}: ${word} needs a value`,
      );
      return null;
    }
    values.set(option, [...(values.get(option) ?? []), value]);
  }
  return values;
}

const NAME_DEFAULT = "hacluster";

function init(shell: Shell, args: readonly string[]): boolean | Promise<boolean> {
  const known = { "-n": "name", "--name": "name", "-N": "node", "--node": "node" };
  const values = bootstrapOptions(shell, "init", args, known);
  if (values === null) return false;
  const own = shell.world.filterText("uname -n", "").output.trim();
  const others = (values.get("node") ?? []).filter((name) => name !== own);
  const name = values.get("name")?.at(-1) ?? NAME_DEFAULT;
  return pcs(shell, ["cluster", "setup", name, own, ...others, "--start", "--enable"]);
}

/** The cluster takes the host in: its hosts have the keys and the configuration that it needs. */
async function join(shell: Shell, args: readonly string[]): Promise<boolean> {
  const known = { "-c": "host", "--cluster-node": "host" };
  const values = bootstrapOptions(shell, "join", args, known);
  if (values === null) return false;
  const host = values.get("host")?.at(-1);
  if (host === undefined) {
    shell.messages.error("cluster.join: name a host of the cluster: join -c HOST");
    return false;
  }
  const own = shell.world.filterText("uname -n", "").output.trim();
  const command = `pcs cluster node add ${shellWord(own)} --start --enable`;
  const { stdout, stderr, problem } = await runOn(shell, host, command, { timeoutMs: LONG_MS_MAX });
  if (stdout !== "") shell.messages.print(stdout.replace(/\n$/, ""));
  if (problem !== "") shell.messages.error(`cluster.join: ${host}: ${problem}`);
  // How far it came is told there.
  else shell.world.stderr(stderr);
  return problem === "";
}

async function rename(shell: Shell, [name]: readonly string[]): Promise<boolean> {
  if ((await dcSeenHere(shell)) === null) {
    shell.messages.error("cluster.rename: the cluster does not run on this host, or has no DC");
    return false;
  }
  const isWritten = changeCorosyncConf(shell, "cluster.rename", (document) =>
    orRefused(() => setEverywhere(document, "totem", "cluster_name", name!)),
  );
  const isDone =
    isWritten &&
    (await pcs(shell, ["cluster", "sync", "corosync"])) &&
    (await crmAttribute(shell, ["--type", "crm_config", "--name", "cluster-name", "--update", name!]));
  // It does not take a name from `reload`. Hosts with different names may not find one another, as with UDP or a quorum device.
  if (isDone)
    shell.messages.info('Corosync has the new name once it is started anew on all hosts: "restart --all"');
  return isDone;
}

async function waitForStartup(shell: Shell, [text]: readonly string[]): Promise<boolean> {
  if (text !== undefined && !/^\d{1,6}$/.test(text)) {
    shell.messages.error(`cluster.wait_for_startup: "${text}" is not a number of seconds`);
    return false;
  }
  const seconds = text === undefined ? STARTUP_S_DEFAULT : Number(text);
  const deadlineMs = shell.world.nowMs() + seconds * 1000;
  for (;;) {
    if ((await dcSeenHere(shell)) !== null) return true;
    if (shell.world.nowMs() >= deadlineMs) break;
    await sleep(500);
  }
  shell.messages.error(
    `cluster.wait_for_startup: no DC after ${seconds} s; "crm cluster start" starts the cluster, the journal of quorated tells why it does not`,
  );
  return false;
}

import { setTimeout as sleep } from "node:timers/promises";
import { DaemonError, useDaemon } from "../../cluster/daemon.ts";
import type { Level, ShellCommand } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";

const STARTUP_S_DEFAULT = 100;

/** The services of the cluster, on this host and on others. `pcs` does the work, as it does for its own users. */
export const clusterLevel: Level = {
  name: "cluster",
  help: "The cluster's services: start, stop, at boot",
  levels: {},
  deprecated: {},
  commands: {
    start: onHosts("start", "Start the cluster on this host, on others, or on all"),
    stop: onHosts("stop", "Stop the cluster on this host, on others, or on all"),
    restart: {
      ...onHosts("stop", "Stop and start the cluster on this host, on others, or on all"),
      run: async (shell, args) =>
        (await pcs(shell, ["cluster", "stop", ...args])) && (await pcs(shell, ["cluster", "start", ...args])),
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
    wait_for_startup: {
      usage: "[SECONDS]",
      help: "Wait until the cluster has a DC, as this host sees it",
      atMost: 1,
      run: waitForStartup,
    },
  },
};

function onHosts(verb: string, help: string): ShellCommand {
  return {
    usage: "[--all | HOST ...]",
    help,
    atMost: null,
    run: (shell, args) => pcs(shell, ["cluster", verb, ...args]),
  };
}

/** Runs our `pcs`; true when it succeeded. It is a program of its own, so that the shell starts without what it needs for other hosts. */
export async function pcs(shell: Shell, args: readonly string[]): Promise<boolean> {
  return (await shell.runOwn("pcs", args)) === 0;
}

async function waitForStartup(shell: Shell, [text]: readonly string[]): Promise<boolean> {
  if (text !== undefined && !/^\d{1,6}$/.test(text)) {
    shell.messages.error(`cluster.wait_for_startup: "${text}" is not a number of seconds`);
    return false;
  }
  const seconds = text === undefined ? STARTUP_S_DEFAULT : Number(text);
  const deadlineMs = shell.world.nowMs() + seconds * 1000;
  for (;;) {
    if (await hasDc(shell)) return true;
    if (shell.world.nowMs() >= deadlineMs) break;
    await sleep(500);
  }
  shell.messages.error(
    `cluster.wait_for_startup: no DC after ${seconds} s; "crm cluster start" starts the cluster, the journal of quorated tells why it does not`,
  );
  return false;
}

async function hasDc({ world }: Shell): Promise<boolean> {
  try {
    return await useDaemon(world, async (daemon) => (await daemon.request("node.status", {})).dc !== null);
  } catch (error) {
    // It does not run yet, or is not ready.
    if (error instanceof DaemonError) return false;
    throw error;
  }
}

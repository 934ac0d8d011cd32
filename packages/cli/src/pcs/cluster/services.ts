import { DaemonError, useDaemon } from "../../cluster/daemon.ts";
import { ExitCode } from "../../exit-codes.ts";
import { shutDownCopy } from "../../plan/planned-shutdown.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { waitSeconds } from "../framework/wait.ts";
import { chosenNodes, Hosts, orFail } from "../hosts/hosts.ts";
import { quorumWithout } from "./quorum-loss.ts";

const POLL_MS = 500;
/** Source: pcs(8): without a number, as long as resources are waited for. */
const WAIT_DEFAULT_S = 3600;

export const startCommand: PcsCommand = {
  usage: ["[--all | <node>...]"],
  help: "Start Corosync and Quorate on this node, on those named, or on all. With --wait until the nodes are online.",
  options: ["--all", "--wait", "--request-timeout"],
  async run(call) {
    const seconds = waitSeconds(call);
    const names = chosenNodes(call);
    const hosts = await Hosts.of(call);
    if (names.length === 0) {
      call.reports.info("Starting Cluster...");
      await orFail(hosts.management.own.start());
      if (seconds !== null) await waitForNodes(call, [hosts.management.hostName], seconds);
      return;
    }
    await startOn(call, hosts, names);
    call.reports.check();
    if (seconds !== null) await waitForNodes(call, names, seconds);
  },
};

/** Tells of each host that failed; the caller checks. */
async function startOn(call: PcsCall, hosts: Hosts, names: readonly string[]): Promise<void> {
  await hosts.each(hosts.known(names), async (host) => {
    await hosts.ask(host, "cluster.start", {});
    call.reports.info(`${host.name}: Starting Cluster...`);
  });
}

/** `--wait` belongs to `--start`. Null: nobody waits. @throws PcsError */
export function startWaitSeconds(call: PcsCall): number | null {
  const seconds = waitSeconds(call);
  if (seconds !== null && !call.has("--start")) fail("Cannot specify '--wait' without specifying '--start'");
  return seconds;
}

/** `--enable`, `--start` and `--wait` of a command that made nodes of these hosts. @throws PcsError */
export async function bringUp(
  call: PcsCall,
  hosts: Hosts,
  { names, waitS }: { readonly names: readonly string[]; readonly waitS: number | null },
): Promise<void> {
  const { reports } = call;
  const targets = hosts.known(names);
  const all = quoted(names);
  if (call.has("--enable")) {
    reports.info(`Enabling cluster on hosts: ${all}...`);
    await hosts.each(targets, async (host) => {
      await hosts.ask(host, "cluster.enable", {});
      reports.info(`${host.name}: Cluster enabled`);
    });
  }
  if (call.has("--start")) {
    reports.info(`Starting cluster on hosts: ${all}...`);
    await hosts.each(targets, (host) => hosts.ask(host, "cluster.start", {}));
  }
  reports.check();
  if (waitS === null) return;
  reports.info(`Waiting for node(s) to start: ${all}...`);
  await untilOnline(call, names, { seconds: waitS, word: "Cluster started" });
}

export const stopCommand: PcsCommand = {
  usage: ["[--all | <node>...]"],
  help: "Stop Quorate and Corosync on this node, on those named, or on all; resources move or stop first. A stop that would cost the others their quorum needs --force.",
  options: ["--all", "--force", "--request-timeout"],
  async run(call) {
    if (call.world.isPlanning === true) return shutDownCopy(call.world, call.has("--all") ? null : call.args);
    const names = chosenNodes(call);
    const hosts = await Hosts.of(call);
    if (names.length === 0) {
      if (!call.has("--force")) await refuseLossOfQuorum(call, null);
      const { own } = hosts.management;
      call.reports.info("Stopping Cluster (pacemaker)...");
      await orFail(own.stop("quorated"));
      call.reports.info("Stopping Cluster (corosync)...");
      await orFail(own.stop("corosync"));
      return ExitCode.ok;
    }
    const targets = hosts.known(names);
    if (!call.has("--all") && !call.has("--force")) await refuseLossOfQuorum(call, names);
    // Corosync goes last everywhere: while resources stop, nobody loses quorum because others have stopped already.
    const stopped = await hosts.each(targets, async (host) => {
      call.reports.info(`${host.name}: Stopping Cluster (pacemaker)...`);
      await hosts.ask(host, "cluster.stop", { service: "quorated" });
    });
    await hosts.each(
      targets.filter(({ name }) => stopped.has(name)),
      async (host) => {
        call.reports.info(`${host.name}: Stopping Cluster (corosync)...`);
        await hosts.ask(host, "cluster.stop", { service: "corosync" });
      },
    );
    call.reports.check();
    return ExitCode.ok;
  },
};

function bootCommand(verb: "enable" | "disable", help: string): PcsCommand {
  return {
    usage: ["[--all | <node>...]"],
    help,
    options: ["--all", "--request-timeout"],
    async run(call) {
      const names = chosenNodes(call);
      const hosts = await Hosts.of(call);
      if (names.length === 0) {
        await orFail(hosts.management.own[verb]());
        return;
      }
      await setBoot(call, hosts, names, verb);
      call.reports.check();
    },
  };
}

export const enableCommand = bootCommand(
  "enable",
  "Start the cluster at each boot of this node, of those named, or of all.",
);
export const disableCommand = bootCommand(
  "disable",
  "Do not start the cluster when this node, those named, or all boot.",
);

/** Tells of each host that failed; the caller checks. */
async function setBoot(
  call: PcsCall,
  hosts: Hosts,
  names: readonly string[],
  verb: "enable" | "disable",
): Promise<void> {
  await hosts.each(hosts.known(names), async (host) => {
    await hosts.ask(host, `cluster.${verb}`, {});
    call.reports.info(`${host.name}: Cluster ${verb === "enable" ? "Enabled" : "Disabled"}`);
  });
}

export const killCommand: PcsCommand = {
  usage: [""],
  help: "End Corosync and Quorate on this node at once. Resources keep running, and the other nodes fence this one.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    (await Hosts.of(call)).management.own.kill();
  },
};

/**
 * `names`: nodes that are to stop; null for this one. Where all stop, nobody is left who would miss the quorum.
 * @throws PcsError when the rest of the cluster could do nothing without them
 */
async function refuseLossOfQuorum(call: PcsCall, names: readonly string[] | null): Promise<void> {
  const without = await quorumWithout(call, names);
  if (without === null || !without.isLost || without.remainingCount === 0) return;
  const what = without.leavingCount > 1 ? "nodes" : "node";
  fail(`Stopping the ${what} will cause a loss of the quorum, use --force to override`);
}

async function waitForNodes(call: PcsCall, names: readonly string[], seconds: number): Promise<void> {
  call.reports.info("Waiting for node(s) to start...");
  await untilOnline(call, names, { seconds, word: "Started" });
}

/**
 * Waits until the nodes are online, as this machine's daemon sees it, and says `word` of each that is.
 * @throws PcsError after `seconds`
 */
async function untilOnline(
  call: PcsCall,
  names: readonly string[],
  { seconds, word }: { readonly seconds: number; readonly word: string },
): Promise<void> {
  const waiting = new Set(names);
  const endMs = call.world.nowMs() + (seconds === 0 ? WAIT_DEFAULT_S : seconds) * 1000;
  for (;;) {
    const online = await onlineNodes(call);
    for (const name of [...waiting].filter((one) => online.has(one))) {
      waiting.delete(name);
      call.reports.info(`${name}: ${word}`);
    }
    if (waiting.size === 0) return;
    if (call.world.nowMs() > endMs) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  fail(`${[...waiting].join(", ")}: Waiting timeout`);
}

async function onlineNodes(call: PcsCall): Promise<ReadonlySet<string>> {
  try {
    return await useDaemon(call.world, async (daemon) => {
      const nodes = await daemon.request("node.list", {});
      return new Set(nodes.filter(({ isOnline }) => isOnline).map(({ name }) => name));
    });
  } catch (error) {
    if (error instanceof DaemonError) return new Set();
    throw error;
  }
}

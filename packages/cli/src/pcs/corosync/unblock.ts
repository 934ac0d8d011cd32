import { viewCorosyncConf } from "@quorate/corosync-conf";
import { DaemonError } from "../../cluster/daemon.ts";
import { main as stonithAdmin } from "../../commands/stonith_admin.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { isMeant } from "../framework/danger.ts";
import { fail } from "../framework/reports.ts";
import { readCorosyncConf } from "./conf-file.ts";

const CMAPCTL_MS_MAX = 30_000;
/** 1 while quorum is withheld because not all nodes were seen yet. Source: corosync-cmapctl of Corosync 3, votequorum. */
const IS_WAITING = "runtime.votequorum.wait_for_all_status";
/** Written to, it ends the waiting on all members. Source: cmap_keys(8). */
const CANCEL = "quorum.cancel_wait_for_all";

/**
 * The nodes that are away are confirmed as fenced before there is quorum: else the first that the cluster did with it would be to fence them,
 * with devices that may not answer for a machine without power.
 */
export const unblock: PcsCommand = {
  usage: ["[--force]"],
  help: "Let this part of the cluster go on without the nodes that it waits for (wait_for_all), for which all are taken as powered off that have not joined. When one of them is not, its resources will run twice and data will be lost. It asks first; without a terminal it needs --force, which says that you have looked.",
  options: ["--force"],
  async run(call) {
    call.expect(0, 0);
    if (valueIn(await cmap(call, "-g", IS_WAITING), IS_WAITING) !== "1")
      fail("cluster is not waiting for nodes to establish quorum");
    const missing = await missingNodes(call);
    const danger = `If node(s) ${quoted(missing)} are not powered off or they do have access to shared resources, data corruption and/or cluster failure may occur`;
    if (!(await isMeant(call, danger))) return;
    // While a person thought, a node may have come: to confirm that one would have the cluster recover beside it.
    const stillMissing = await missingNodes(call);
    const unasked = stillMissing.filter((name) => !missing.includes(name));
    if (unasked.length > 0)
      fail(`node(s) ${quoted(unasked)} went away meanwhile; nothing was changed, ask again`);
    await confirmFenced(call, stillMissing);
    await cmap(call, "-s", CANCEL, "u8", "1");
    call.reports.info("Quorum unblocked");
    call.reports.info("Waiting for nodes canceled");
  },
};

/** What corosync-cmapctl prints. @throws PcsError */
async function cmap(call: PcsCall, ...args: string[]): Promise<string> {
  const options = { input: "", timeoutMs: CMAPCTL_MS_MAX };
  const { status, stdout, stderr } = await call.world.runProgram("corosync-cmapctl", args, options);
  if (status === 0) return stdout;
  const reason =
    status === 127
      ? "corosync-cmapctl is missing; install the package corosync"
      : `${stderr.trim() || "corosync-cmapctl did not answer"}; is Corosync running here, and are you root?`;
  fail(`unable to check quorum status: ${reason}`);
}

/** Value of a key in lines as `KEY (TYPE) = VALUE`; null when it is not there. */
function valueIn(text: string, key: string): string | null {
  const line = text.split("\n").find((one) => one.startsWith(`${key} (`));
  return line === undefined ? null : line.slice(line.indexOf(" = ") + 3).trim();
}

/** Names of the nodes in corosync.conf that Corosync has not got beside it. @throws PcsError, FileError */
async function missingNodes(call: PcsCall): Promise<string[]> {
  const members = await cmap(call, "runtime.members.");
  return viewCorosyncConf(readCorosyncConf(call))
    .nodes.filter(({ nodeId }) => valueIn(members, `runtime.members.${nodeId}.status`) !== "joined")
    .map(({ name, nodeId }) => name ?? `${nodeId}`);
}

/** @throws PcsError when the cluster does not take it: without it, the nodes would be fenced first */
async function confirmFenced(call: PcsCall, names: readonly string[]): Promise<void> {
  const known = await knownNodes(call);
  if (known === null)
    call.reports.warn(
      `quorated does not run here, so nobody was told that ${quoted(names)} are down; once it runs, use 'pcs stonith confirm NODE' for each`,
    );
  // Of a node that it never saw, the cluster expects nothing.
  for (const name of names.filter((one) => known?.has(one))) {
    if ((await call.carryOut("stonith_admin", stonithAdmin, ["--confirm", name])) !== 0)
      fail(`node '${name}' could not be confirmed as fenced; the cluster still waits`);
    call.print(`Node: ${name} confirmed fenced`);
  }
}

/** Names of the nodes that this node's daemon knows; null when there is no daemon. */
async function knownNodes(call: PcsCall): Promise<ReadonlySet<string> | null> {
  try {
    const daemon = await call.live.daemon();
    return new Set((await daemon.request("node.list", {})).map(({ name }) => name));
  } catch (error) {
    if (error instanceof DaemonError) return null;
    throw error;
  }
}

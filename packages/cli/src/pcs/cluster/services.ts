import { DaemonError } from "../../cluster/daemon.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** Quorated needs Corosync: systemd starts that first and stops it last. */
const SERVICES = ["corosync", "quorated"] as const;

function serviceCommand(verb: "start" | "stop" | "enable" | "disable", help: string): PcsCommand {
  return {
    usage: [""],
    help: `${help} On other nodes run it there.`,
    options: verb === "stop" ? ["--force"] : [],
    async run(call) {
      if (call.args.length > 0)
        fail(`no command here asks another host; run 'pcs cluster ${verb}' on ${call.args.join(", ")}`);
      if (verb === "stop" && !call.has("--force")) await refuseLossOfQuorum(call);
      const services = verb === "stop" ? [...SERVICES].reverse() : SERVICES;
      for (const service of services) {
        const status = call.world.runForeground("systemctl", [verb, service], {});
        if (status === 127) fail("there is no systemctl here; this needs systemd");
        if (status !== 0) fail(`unable to ${verb} ${service}; 'systemctl status ${service}' tells more`);
      }
    },
  };
}

/** @throws PcsError when the rest of the cluster could do nothing without this node */
async function refuseLossOfQuorum(call: PcsCall): Promise<void> {
  let daemon: Awaited<ReturnType<PcsCall["live"]["daemon"]>>;
  try {
    daemon = await call.live.daemon();
  } catch (error) {
    // Not running: nothing that counts is stopped.
    if (error instanceof DaemonError) return;
    throw error;
  }
  const [quorum, node] = await Promise.all([
    daemon.request("quorum.status", {}),
    daemon.request("node.status", {}),
  ]);
  const own = quorum.members.find(({ nodeId }) => nodeId === node.nodeId)?.votes ?? 0;
  const hasOthers = quorum.members.length > 1;
  if (!quorum.isQuorate || !hasOthers || quorum.totalVotes - own >= quorum.quorum) return;
  fail("Stopping the node will cause a loss of the quorum, use --force to override");
}

export const startCommand = serviceCommand("start", "Start Corosync and Quorate on this node.");
export const stopCommand = serviceCommand(
  "stop",
  "Stop Quorate and Corosync on this node; its resources move or stop first.",
);
export const enableCommand = serviceCommand("enable", "Start them at each boot of this node.");
export const disableCommand = serviceCommand("disable", "Do not start them when this node boots.");

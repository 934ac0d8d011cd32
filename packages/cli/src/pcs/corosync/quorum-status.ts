import { deviceNotice, liveQuorum } from "../../quorum/live-quorum.ts";
import { membershipText, type QuorumView, quorumStatusText } from "../../quorum/status-text.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";

async function view(call: PcsCall): Promise<QuorumView> {
  call.expect(0, 0);
  return liveQuorum(await call.live.daemon(), call.world);
}

/** As `corosync-quorumtool -p` prints it, whether quorate or not: it is no failure to have no quorum. */
export const quorumStatus: PcsCommand = {
  usage: [""],
  help: "Show whether this node's part of the cluster has quorum, with the votes.",
  options: [],
  async run(call) {
    const quorum = await view(call);
    call.world.stdout(`${quorumStatusText(quorum, { showsDevice: true })}\n`);
    const notice = deviceNotice(quorum);
    if (notice !== null) call.reports.warn(notice);
  },
};

/** As `corosync-quorumtool -l` prints it. */
export const corosyncStatus: PcsCommand = {
  usage: [""],
  help: "Show the members of the cluster with their votes.",
  options: [],
  async run(call) {
    call.world.stdout(`${membershipText(await view(call))}`);
  },
};

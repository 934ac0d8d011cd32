import { withDaemon } from "../cluster/daemon.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { valueOption } from "../options/option-table.ts";
import { deviceNotice, liveQuorum } from "./live-quorum.ts";
import { quorumStatusText } from "./status-text.ts";

/** As corosync-quorumtool ends. */
const NOT_QUORATE = 2;

const options = {
  outputAs: valueOption({
    long: "output-as",
    metavar: "FORMAT",
    choices: ["text", "json"],
    help: "Form of the result",
  }),
};

/** `quorate quorum status`: who may act now. */
export const main = defineCommand({
  name: "quorate quorum status",
  summary: "tell whether this node's part of the cluster has quorum, and the votes behind it",
  usage: "[options]",
  examples: [
    {
      line: "quorate quorum status",
      explanation: "In the layout of corosync-quorumtool -s. Exit status 0: quorate, 2: not quorate",
    },
  ],
  options,
  forms: [],
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    return withDaemon(world, async (daemon) => {
      const view = await liveQuorum(daemon, world);
      const { status } = view;
      if (chosen.outputAs === "json") {
        const { members, ...numbers } = status;
        const nodes = members.map((member) => ({ ...member, isLocal: member.nodeId === view.localNodeId }));
        world.stdout(`${JSON.stringify({ format: 1, ...numbers, members: nodes }, null, 2)}\n`);
      } else {
        world.stdout(`${quorumStatusText(view, { showsDevice: false })}\n`);
      }
      const notice = deviceNotice(view);
      if (notice !== null) world.stderr(`${world.programName}: ${notice}\n`);
      return status.isQuorate ? ExitCode.ok : NOT_QUORATE;
    });
  },
});

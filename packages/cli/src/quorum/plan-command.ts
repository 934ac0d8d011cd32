import { planQuorum, viewCorosyncConf } from "@quorate/corosync-conf";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { valueOption } from "../options/option-table.ts";
import { planText, warningText } from "./plan-text.ts";
import { COROSYNC_CONF, problemLine, readConf } from "./read-conf.ts";

const options = {
  outputAs: valueOption({
    long: "output-as",
    metavar: "FORMAT",
    choices: ["text", "json"],
    help: "Form of the result",
  }),
};

/** `quorate quorum plan`: which failures a cluster survives. */
export const main = defineCommand({
  name: "quorate quorum plan",
  summary: "tell which failures a cluster survives, from its corosync.conf",
  usage: "[FILE] [options]",
  examples: [
    { line: "quorate quorum plan", explanation: `This machine's cluster (${COROSYNC_CONF})` },
    { line: "quorate quorum plan corosync.conf", explanation: "Exit status 0: read, 1: the file has errors" },
  ],
  options,
  forms: [],
  run: async ({ options: chosen, operands }, world) => {
    const [path = COROSYNC_CONF, ...surplus] = operands;
    if (surplus.length > 0) throw new UsageError(`surplus argument "${surplus[0]}"`);
    const read = readConf(world, path);
    for (const problem of read.problems) world.stderr(problemLine(path, problem));
    if (!read.ok) return ExitCode.error;
    const view = viewCorosyncConf(read.document);
    if (view.nodes.length === 0) return ExitCode.error;
    const plan = planQuorum(view);
    if (chosen.outputAs === "json") {
      const rows = plan.rows.map(({ lost, votesLeft, keepsQuorum }) => ({
        lost: lost.map(({ group, count }) => ({ count, of: group.voters.map(({ name }) => name) })),
        votesLeft,
        keepsQuorum,
      }));
      const warnings = plan.warnings.map((warning) => ({ ...warning, message: warningText(warning) }));
      const { expectedVotes, quorum, isComplete, setup } = plan;
      const result = { format: 1, cluster: view.clusterName, votes: setup.votes, expectedVotes, quorum };
      world.stdout(`${JSON.stringify({ ...result, rows, isComplete, warnings }, null, 2)}\n`);
    } else {
      world.stdout(planText(plan, view.clusterName));
    }
    return read.problems.some(({ severity }) => severity === "error") ? ExitCode.error : ExitCode.ok;
  },
});

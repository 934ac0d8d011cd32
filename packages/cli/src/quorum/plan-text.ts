import type { PlanRow, PlanWarning, QuorumPlan } from "@quorate/corosync-conf";

/** Names of a group that are written out; more are counted. */
const NAMES_MAX = 4;

/** The plan for a person: what the numbers are, which losses are survived, what to beware of. */
export function planText(plan: QuorumPlan, clusterName: string | null): string {
  const { setup } = plan;
  const title = clusterName === null ? "Cluster" : `Cluster ${clusterName}`;
  const device = setup.device === null ? "" : ` and a quorum device (${counted(setup.device.votes, "vote")})`;
  let text = `${title}: ${counted(setup.nodes.length, "node")}${device}, ${counted(setup.votes, "vote")}, `;
  text += `expected votes ${plan.expectedVotes}, quorum ${plan.quorum}\n\n`;
  const rows = plan.rows.map((row) => [lostText(row), String(row.votesLeft), VERDICTS[row.keepsQuorum]]);
  const table = [["Lost", "Votes left", "Quorum"], ...rows];
  const width = Math.max(...table.map(([lost]) => lost!.length));
  for (const [lost, votes, verdict] of table)
    text += `  ${lost!.padEnd(width)}  ${votes!.padStart(10)}  ${verdict}\n`;
  if (!plan.isComplete) text += "  ... losses of more nodes are not listed\n";
  if (plan.warnings.length > 0) text += "\n";
  for (const warning of plan.warnings) text += `warning: ${warningText(warning)}\n`;
  return text;
}

const VERDICTS: Readonly<Record<PlanRow["keepsQuorum"], string>> = {
  yes: "kept",
  withTieBreaker: "kept, by the tie breaker",
  no: "LOST: resources stop (no-quorum-policy=stop)",
};

function lostText({ lost }: PlanRow): string {
  if (lost.length === 0) return "nothing";
  return lost
    .map(({ group, count }) => {
      const names = group.voters.map(({ name }) => name);
      const list =
        names.length > NAMES_MAX ? `${names.slice(0, NAMES_MAX - 1).join(", ")}, ...` : names.join(", ");
      return count === names.length
        ? list.replaceAll(", ", " + ")
        : `${count === 1 ? "one" : count} of ${list}`;
    })
    .join(" + ");
}

/** What to beware of, with the consequence and the mend. */
export function warningText(warning: PlanWarning): string {
  switch (warning.kind) {
    case "noQuorum":
      return `all nodes together have ${counted(warning.votes, "vote")}, but quorum is ${warning.quorum}: the cluster can never run anything; lower expected_votes`;
    case "noFailureSurvived":
      return "this cluster survives the failure of no node; add a node, or a quorum device";
    case "someFailureFatal":
      return `the loss of any one of ${warning.names.join(", ")} stops everything; share the votes more evenly, or add a node or a quorum device`;
    case "splits":
      return SPLITS[warning.cause];
    case "splitsAtStart":
      return `nodes with ${warning.one} and nodes with ${warning.other} votes that start without seeing one another would both have quorum (${warning.needed} needed): the cluster can split; remove expected_votes`;
    case "expectedExceedsVotes":
      return `expected_votes (${warning.expected}) exceeds the sum of the votes (${warning.votes}): quorum is ${warning.quorum} instead of ${warning.quorumOfVotes}, so fewer failures are survived; remove expected_votes unless votes are still to come`;
    case "expectedBelowVotes":
      return `expected_votes (${warning.expected}) is below the sum of the votes (${warning.votes}): it holds only until more votes are seen; remove it`;
    case "waitsForAll":
      return warning.isPossible
        ? `wait_for_all: after a complete stop, and after quorum was lost, nothing runs before all ${warning.expected} votes are there`
        : `wait_for_all waits for ${warning.expected} votes, more than there are: nothing will ever start; lower expected_votes`;
    case "lastManStanding":
      return warning.isUsable
        ? "last_man_standing: nodes that are lost one after another, each later than its window, may be more than this table says"
        : "last_man_standing works only when every node has one vote; Corosync switches it off here";
  }
}

const SPLITS: Readonly<Record<Extract<PlanWarning, { kind: "splits" }>["cause"], string>> = {
  twoNode:
    "two_node: when the nodes lose sight of one another, both keep quorum: the cluster can split, and only fencing decides; make sure that it works",
  twoNodeMisused:
    "two_node is for two nodes of one vote each: here one node alone can keep quorum beside others, so the cluster can split; remove it",
  noProvider:
    "there is no quorum provider: every part of a split cluster works on; write provider: corosync_votequorum",
};

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

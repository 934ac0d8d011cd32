import type { ConfView } from "./view.ts";

export interface Voter {
  readonly name: string;
  /** Null for the quorum device. */
  readonly nodeId: number | null;
  readonly votes: number;
}

/** What decides about quorum, as it comes into force when the daemon starts. */
export interface QuorumSetup {
  readonly hasProvider: boolean;
  readonly nodes: readonly Voter[];
  readonly device: Voter | null;
  readonly votes: number;
  /** What the file says, or the sum of the votes. */
  readonly expectedVotes: number;
  readonly isExpectedVotesWritten: boolean;
  readonly isTwoNode: boolean;
  readonly waitsForAll: boolean;
  /** Ids of the nodes that win a tie, "lowest" or "highest"; null without auto_tie_breaker. */
  readonly tieBreaker: "lowest" | "highest" | readonly number[] | null;
  readonly isLastManStanding: boolean;
}

export function quorumSetup(view: ConfView): QuorumSetup {
  const { options, provider, device: confDevice } = view.quorum;
  const isOn = (key: string) => options.get(key) === "1";
  const nodes = view.nodes.map(
    (node, index): Voter => ({
      name: node.name ?? node.addresses.get(0) ?? `node ${node.nodeId ?? index + 1}`,
      nodeId: Number(node.nodeId ?? index + 1),
      votes: node.votes ?? 1,
    }),
  );
  const nodeVotes = nodes.reduce((sum, { votes }) => sum + votes, 0);
  let device: Voter | null = null;
  if (confDevice !== null) {
    const automatic = confDevice.modelOptions.get("algorithm") === "lms" ? Math.max(1, nodes.length - 1) : 1;
    const votes = integer(confDevice.options.get("votes")) ?? automatic;
    device = { name: "the quorum device", nodeId: null, votes };
  }
  const votes = nodeVotes + (device?.votes ?? 0);
  const written = integer(options.get("expected_votes"));
  const expectedVotes = written ?? votes;
  const isTieBroken =
    isOn("auto_tie_breaker") && device === null && (expectedVotes % 2 === 0 || isOn("wait_for_all"));
  // Asking for a tie breaker switches two_node off, even when there can be no tie.
  const isTwoNode = isOn("two_node") && !isOn("auto_tie_breaker") && device === null;
  return {
    hasProvider: provider !== null,
    nodes,
    device,
    votes,
    expectedVotes,
    isExpectedVotesWritten: written !== null,
    isTwoNode,
    waitsForAll: options.has("wait_for_all") ? isOn("wait_for_all") : isTwoNode,
    tieBreaker: isTieBroken ? tieBreakerOf(options.get("auto_tie_breaker_node") ?? "lowest") : null,
    isLastManStanding: isOn("last_man_standing"),
  };
}

function tieBreakerOf(text: string): "lowest" | "highest" | number[] {
  if (text === "lowest" || text === "highest") return text;
  return text.split(/[\s,]+/).map(Number);
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

import { type QuorumSetup, quorumSetup, type Voter } from "./quorum-setup.ts";
import type { ConfView } from "./view.ts";

/** Rows beyond this are left out: nobody reads them, and their number doubles with each node. */
const ROWS_MAX = 64;

/** Some nodes are lost at once, from a cluster that was complete. */
export interface PlanRow {
  /** How many of each group are lost; groups with none are left out. */
  readonly lost: readonly { readonly group: VoterGroup; readonly count: number }[];
  readonly votesLeft: number;
  readonly keepsQuorum: "yes" | "no" | "withTieBreaker";
}

/** Voters with the same number of votes: which of them is lost makes no difference. */
export interface VoterGroup {
  readonly voters: readonly Voter[];
  readonly votes: number;
  readonly isDevice: boolean;
}

export type PlanWarning =
  | { readonly kind: "noQuorum"; readonly votes: number; readonly quorum: number }
  | { readonly kind: "noFailureSurvived" }
  | { readonly kind: "someFailureFatal"; readonly names: readonly string[] }
  | { readonly kind: "splits"; readonly cause: "twoNode" | "noProvider" | "twoNodeMisused" }
  | { readonly kind: "splitsAtStart"; readonly one: number; readonly other: number; readonly needed: number }
  | {
      readonly kind: "expectedExceedsVotes";
      readonly expected: number;
      readonly votes: number;
      readonly quorum: number;
      readonly quorumOfVotes: number;
    }
  | { readonly kind: "expectedBelowVotes"; readonly expected: number; readonly votes: number }
  | { readonly kind: "waitsForAll"; readonly expected: number; readonly isPossible: boolean }
  | { readonly kind: "lastManStanding"; readonly isUsable: boolean };

export interface QuorumPlan {
  readonly setup: QuorumSetup;
  /** Expected votes once every node was seen. */
  readonly expectedVotes: number;
  readonly quorum: number;
  readonly rows: readonly PlanRow[];
  /** False when rows, those with the most losses, were left out. */
  readonly isComplete: boolean;
  readonly warnings: readonly PlanWarning[];
}

/**
 * Which losses a cluster survives: for each set of nodes that may be lost at once while all are present, whether the rest keeps
 * quorum. More than half of the expected votes is quorum; expected votes rise to what was seen and never fall by themselves.
 * Source: votequorum(5).
 */
export function planQuorum(view: ConfView): QuorumPlan {
  const setup = quorumSetup(view);
  const expectedVotes = Math.max(setup.expectedVotes, setup.votes);
  const quorum = setup.isTwoNode && setup.nodes.length <= 2 ? 1 : majorityOf(expectedVotes);
  const groups = groupVoters(setup);
  const voterCount = groups.reduce((sum, { voters }) => sum + voters.length, 0);
  const rows: PlanRow[] = [];
  let isComplete = true;
  for (let count = 0; count < voterCount && isComplete; count++) {
    for (const counts of losses(groups, count)) {
      isComplete = rows.length < ROWS_MAX;
      if (!isComplete) break;
      rows.push(rowOf(setup, groups, counts, expectedVotes));
    }
  }
  return {
    setup,
    expectedVotes,
    quorum,
    rows,
    isComplete,
    warnings: [...warningsOf(setup, groups, expectedVotes, quorum)],
  };
}

function majorityOf(votes: number): number {
  return Math.floor((votes + 2) / 2);
}

function groupVoters({ nodes, device, tieBreaker }: QuorumSetup): VoterGroup[] {
  const isDecisive = (node: Voter) => decides(tieBreaker, node, nodes);
  const groups = new Map<string, Voter[]>();
  for (const node of nodes) {
    const key = `${node.votes} ${isDecisive(node)}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const sorted = [...groups.values()]
    .map((voters): VoterGroup => ({ voters, votes: voters[0]!.votes, isDevice: false }))
    .sort((one, other) => one.votes - other.votes);
  if (device !== null) sorted.push({ voters: [device], votes: device.votes, isDevice: true });
  return sorted;
}

/** Whether the side with this node wins a tie. Of a list the first id that is present decides; that is the first of the list here. */
function decides(tieBreaker: QuorumSetup["tieBreaker"], node: Voter, nodes: readonly Voter[]): boolean {
  if (tieBreaker === null) return false;
  const ids = nodes.map(({ nodeId }) => nodeId!);
  if (tieBreaker === "lowest") return node.nodeId === Math.min(...ids);
  if (tieBreaker === "highest") return node.nodeId === Math.max(...ids);
  return node.nodeId === tieBreaker[0];
}

/** How many of each group are lost, in all ways that lose `count` and leave at least one node; nodes with few votes first. */
function* losses(groups: readonly VoterGroup[], count: number): Generator<number[]> {
  for (const counts of splits(groups, count)) {
    if (groups.some((group, index) => !group.isDevice && counts[index]! < group.voters.length)) yield counts;
  }
}

function* splits(groups: readonly VoterGroup[], count: number): Generator<number[]> {
  const [group, ...others] = groups;
  if (group === undefined) {
    if (count === 0) yield [];
    return;
  }
  for (let lost = Math.min(count, group.voters.length); lost >= 0; lost--) {
    for (const rest of splits(others, count - lost)) yield [lost, ...rest];
  }
}

function lostCount(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function rowOf(
  setup: QuorumSetup,
  groups: readonly VoterGroup[],
  counts: readonly number[],
  expectedVotes: number,
): PlanRow {
  const votesLeft = groups.reduce(
    (sum, group, index) => sum + (group.voters.length - counts[index]!) * group.votes,
    0,
  );
  const membersLeft = groups.reduce((sum, group, index) => sum + group.voters.length - counts[index]!, 0);
  const lost = groups
    .map((group, index) => ({ group, count: counts[index]! }))
    .filter(({ count }) => count > 0);
  const threshold = setup.isTwoNode && membersLeft <= 2 ? 1 : majorityOf(expectedVotes);
  const keeps = !setup.hasProvider || votesLeft >= threshold;
  if (keeps) return { lost, votesLeft, keepsQuorum: "yes" };
  const hasTieBreaker = groups.some(
    (group, index) =>
      counts[index]! === 0 && group.voters.some((node) => decides(setup.tieBreaker, node, setup.nodes)),
  );
  const isTie = votesLeft === Math.floor(expectedVotes / 2) && lostCount(counts) < threshold;
  return { lost, votesLeft, keepsQuorum: isTie && hasTieBreaker ? "withTieBreaker" : "no" };
}

function* warningsOf(
  setup: QuorumSetup,
  groups: readonly VoterGroup[],
  expectedVotes: number,
  quorum: number,
): Generator<PlanWarning> {
  const { votes, nodes } = setup;
  if (!setup.hasProvider) {
    yield { kind: "splits", cause: "noProvider" };
    return;
  }
  if (setup.expectedVotes > votes) {
    const quorumOfVotes = majorityOf(votes);
    yield { kind: "expectedExceedsVotes", expected: setup.expectedVotes, votes, quorum, quorumOfVotes };
  }
  if (setup.expectedVotes < votes) yield { kind: "expectedBelowVotes", expected: setup.expectedVotes, votes };
  if (votes < quorum) {
    yield { kind: "noQuorum", votes, quorum };
    return;
  }
  const singles = groups.map((group, index) => {
    const counts = groups.map((_, other) => (other === index ? 1 : 0));
    return { group, row: rowOf(setup, groups, counts, expectedVotes) };
  });
  const fatal = singles.filter(
    ({ group, row }) => nodes.length === 1 || (row.keepsQuorum === "no" && !group.isDevice),
  );
  const fatalNames = fatal.flatMap(({ group }) => group.voters.map(({ name }) => name));
  if (fatal.length > 0 && fatalNames.length >= nodes.length) yield { kind: "noFailureSurvived" };
  else if (fatal.length > 0) yield { kind: "someFailureFatal", names: fatalNames };
  if (setup.isTwoNode) {
    const isMeant = nodes.length === 2 && nodes.every((node) => node.votes === 1);
    yield { kind: "splits", cause: isMeant ? "twoNode" : "twoNodeMisused" };
  } else {
    yield* splitAtStart(setup);
  }
  if (setup.waitsForAll) {
    yield { kind: "waitsForAll", expected: setup.expectedVotes, isPossible: setup.expectedVotes <= votes };
  }
  if (setup.isLastManStanding) {
    yield { kind: "lastManStanding", isUsable: nodes.every((node) => node.votes === 1) };
  }
}

/**
 * Two parts that start without having seen one another know only the expected votes of the file. When those are fewer than the votes,
 * both parts may reach their quorum.
 */
function* splitAtStart(setup: QuorumSetup): Generator<PlanWarning> {
  const needed = setup.waitsForAll ? setup.expectedVotes : majorityOf(setup.expectedVotes);
  if (needed * 2 > setup.votes) return;
  // The device, which never votes for two sides, may be with either.
  let sums = new Set([0]);
  const voters = setup.device === null ? setup.nodes : [...setup.nodes, setup.device];
  for (const { votes } of voters)
    sums = new Set([...sums].flatMap((sum) => [sum, sum + votes]).slice(0, 10_000));
  const isSplit = (sum: number) => sum >= needed && setup.votes - sum >= needed;
  const one = [...sums].filter(isSplit).sort((left, right) => right - left)[0];
  if (one !== undefined) yield { kind: "splitsAtStart", one, other: setup.votes - one, needed };
}

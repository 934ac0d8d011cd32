/** One node in the eyes of another. */
export interface Peer {
  votes: number;
  expectedVotes: number;
  /** In the present ring. */
  isMember: boolean;
}

export interface Tally {
  /** Votes of the members. */
  readonly total: number;
  /** Number of members. */
  readonly count: number;
  readonly highestExpected: number;
}

export function tally(peers: Iterable<Peer>): Tally {
  let total = 0;
  let count = 0;
  let highestExpected = 0;
  for (const peer of peers) {
    if (!peer.isMember) continue;
    total += peer.votes;
    count += 1;
    highestExpected = Math.max(highestExpected, peer.expectedVotes);
  }
  return { total, count, highestExpected };
}

/** More than half: 1 of 1, 2 of 2, 2 of 3, 3 of 4. */
function majorityOf(votes: number): number {
  return Math.floor((votes + 2) / 2);
}

/**
 * Votes that a ring needs, before the rule that quorum never falls by itself, from which `isTwoNodeRule` exempts.
 * @param options.forced expected votes to reckon with; 0 takes the highest of the members.
 * Source: votequorum, 2 (`calculate_quorum`).
 */
export function quorumOf(
  { total, count, highestExpected }: Tally,
  options: { readonly forced: number; readonly isTwoNode: boolean },
): { readonly value: number; readonly isTwoNodeRule: boolean } {
  if (options.isTwoNode && count <= 2) return { value: 1, isTwoNodeRule: true };
  const expected = options.forced > 0 ? options.forced : highestExpected;
  return { value: Math.max(majorityOf(expected), majorityOf(total)), isTwoNodeRule: false };
}

import type { NodeId } from "@quorate/ports";
import type { TieBreaker } from "./configuration.ts";

/** Lowest and highest node of a ring. */
export interface Extremes {
  readonly lowest: NodeId;
  readonly highest: NodeId;
}

/**
 * Whether this half of an even split is the one that goes on. Source: votequorum, 4.4.
 * @param split.extremes of the last ring whose votes sufficed; null when there was none, then nobody wins.
 */
export function breaksTie(
  tieBreaker: TieBreaker,
  split: {
    readonly members: readonly NodeId[];
    readonly previousMembers: readonly NodeId[];
    readonly extremes: Extremes | null;
  },
): boolean {
  if (tieBreaker === "lowest" || tieBreaker === "highest")
    return split.extremes !== null && split.members.includes(split.extremes[tieBreaker]);
  for (const id of tieBreaker) {
    if (split.members.includes(id)) return true;
    // It was there before, so it may live in the other half.
    if (split.previousMembers.includes(id)) return false;
  }
  return false;
}

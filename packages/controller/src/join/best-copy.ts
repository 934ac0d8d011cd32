import type { NodeId } from "@quorate/ports";
import type { CibSummary } from "../wire/control-message.ts";

export interface Candidate {
  readonly nodeId: NodeId;
  readonly cib: CibSummary;
}

export interface BestCopy {
  readonly owner: Candidate;
  /** Candidates whose copy is another one. */
  readonly stale: readonly NodeId[];
  /** Above the epoch of every copy that is given up; 0 when the best has the highest anyway. */
  readonly epochAtLeast: number;
  /** All candidates share one live copy already. */
  readonly isShared: boolean;
  /** Nodes whose changes are lost, since others made different ones. */
  readonly discarded: readonly NodeId[];
}

/**
 * Which copy of the CIB a cluster goes on with:
 * 1. the highest administrator's epoch;
 * 2. of these, no copy that another one descends from: nothing is lost with it;
 * 3. if there are still different ones, changed independently: the one that a part of the cluster with quorum used last (what
 *    was acknowledged there is in it, whether its holder has quorum now or not), then the one that most nodes shared at the
 *    higher epoch (a ring outlives the daemons in it), then one that is in use with quorum, then one that was last in use
 *    with quorum, then the one that more nodes have, then the higher epoch, then the higher count of updates;
 * 4. of equal ones, one in use, then the DC's, then that of the lowest node id.
 *
 * Source: CIB manager specification, 7, which compares the three counters alone. Descent and quorum come before the
 * epoch so that changes made on the smaller side of a split cannot push out acknowledged ones of the larger.
 */
export function chooseBestCopy(candidates: readonly Candidate[], leader: NodeId): BestCopy | null {
  const usable = candidates.filter(({ cib }) => cib.lineage !== null);
  const adminEpoch = Math.max(...usable.map(({ cib }) => cib.adminEpoch));
  const eligible = usable.filter(({ cib }) => cib.adminEpoch === adminEpoch);
  const heads = eligible.filter((one) => !eligible.some((other) => descendsFrom(other.cib, one.cib)));
  const holders = (cib: CibSummary) => usable.filter((other) => idOf(other.cib) === idOf(cib)).length;
  const sorted = [...heads].sort(
    (a, b) =>
      b.cib.quorateRing - a.cib.quorateRing ||
      b.cib.quorateEpoch - a.cib.quorateEpoch ||
      rankOf(b.cib) - rankOf(a.cib) ||
      holders(b.cib) - holders(a.cib) ||
      b.cib.epoch - a.cib.epoch ||
      b.cib.numUpdates - a.cib.numUpdates ||
      Number(b.cib.isLive) - Number(a.cib.isLive) ||
      tieBreak(a, b, leader),
  );
  const owner = sorted[0];
  if (owner === undefined) return null;
  const isSame = ({ cib }: Candidate) =>
    cib.isLive && owner.cib.isLive && cib.lineage !== null && cib.lineage === owner.cib.lineage;
  const stale = candidates.filter((other) => other !== owner && !isSame(other)).map(({ nodeId }) => nodeId);
  const rivals = eligible.filter(({ cib }) => cib.epoch > owner.cib.epoch);
  return {
    owner,
    stale,
    epochAtLeast: rivals.length === 0 ? 0 : Math.max(...rivals.map(({ cib }) => cib.epoch)) + 1,
    isShared: stale.length === 0 && owner.cib.isLive,
    discarded: heads.filter(({ cib }) => idOf(cib) !== idOf(owner.cib)).map(({ nodeId }) => nodeId),
  };
}

function idOf(cib: CibSummary): string | undefined {
  return cib.ancestry.at(-1);
}

function descendsFrom(cib: CibSummary, ancestor: CibSummary): boolean {
  const id = idOf(ancestor);
  return id !== undefined && id !== idOf(cib) && cib.ancestry.includes(id);
}

function rankOf(cib: CibSummary): number {
  if (!cib.wasQuorate) return 0;
  return cib.isLive ? 2 : 1;
}

function tieBreak(a: Candidate, b: Candidate, leader: NodeId): number {
  if (a.nodeId === leader || b.nodeId === leader) return a.nodeId === leader ? -1 : 1;
  return a.nodeId - b.nodeId;
}

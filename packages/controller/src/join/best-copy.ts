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
}

/**
 * Which copy of the CIB a cluster goes on with. The administrator's epoch decides first. With equal ones a copy that is
 * in use by a part of the cluster with quorum wins over all others: its changes were acknowledged by a majority. Else
 * the higher epoch, then the higher count of updates; a tie goes to the DC's copy, then to the lowest node id.
 *
 * Source: CIB manager specification, 7, which compares the three numbers alone; quorum comes before the epoch here so
 * that changes made on the smaller side of a split cannot push out those of the larger.
 */
export function chooseBestCopy(candidates: readonly Candidate[], leader: NodeId): BestCopy | null {
  const usable = candidates.filter(({ cib }) => cib.lineage !== null);
  const sorted = [...usable].sort((a, b) => compareCopies(b.cib, a.cib) || tieBreak(a, b, leader));
  const owner = sorted[0];
  if (owner === undefined) return null;
  const isSame = ({ cib }: Candidate) => cib.isLive && owner.cib.isLive && cib.lineage === owner.cib.lineage;
  const stale = candidates.filter((other) => other !== owner && !isSame(other)).map(({ nodeId }) => nodeId);
  const rivals = usable.filter(
    ({ cib }) => cib.adminEpoch === owner.cib.adminEpoch && cib.epoch > owner.cib.epoch,
  );
  return {
    owner,
    stale,
    epochAtLeast: rivals.length === 0 ? 0 : Math.max(...rivals.map(({ cib }) => cib.epoch)) + 1,
    isShared: stale.length === 0 && owner.cib.isLive,
  };
}

function compareCopies(a: CibSummary, b: CibSummary): number {
  const rank = (cib: CibSummary) => (cib.isLive && cib.wasQuorate ? 1 : 0);
  return a.adminEpoch - b.adminEpoch || rank(a) - rank(b) || a.epoch - b.epoch || a.numUpdates - b.numUpdates;
}

function tieBreak(a: Candidate, b: Candidate, leader: NodeId): number {
  if (a.nodeId === leader || b.nodeId === leader) return a.nodeId === leader ? -1 : 1;
  return a.nodeId - b.nodeId;
}

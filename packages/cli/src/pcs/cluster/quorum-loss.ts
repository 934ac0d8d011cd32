import { DaemonError } from "../../cluster/daemon.ts";
import type { PcsCall } from "../framework/command.ts";

/** What a cluster is without some of its members. */
export interface QuorumWithout {
  /** It is quorate with them, and would not be without. */
  readonly isLost: boolean;
  readonly leavingCount: number;
  readonly remainingCount: number;
}

/**
 * `names`: nodes that are to leave; null for this one. As this machine's daemon sees it; null where none runs: nothing that counts leaves, or
 * nobody here knows.
 */
export async function quorumWithout(
  call: PcsCall,
  names: readonly string[] | null,
): Promise<QuorumWithout | null> {
  let daemon: Awaited<ReturnType<PcsCall["live"]["daemon"]>>;
  try {
    daemon = await call.live.daemon();
  } catch (error) {
    if (error instanceof DaemonError) return null;
    throw error;
  }
  const [quorum, node] = await Promise.all([
    daemon.request("quorum.status", {}),
    daemon.request("node.status", {}),
  ]);
  const leaving = quorum.members.filter(({ nodeId, name }) =>
    names === null ? nodeId === node.nodeId : name !== null && names.includes(name),
  );
  const votes = leaving.reduce((sum, member) => sum + member.votes, 0);
  return {
    isLost: quorum.isQuorate && quorum.totalVotes - votes < quorum.quorum,
    leavingCount: leaving.length,
    remainingCount: quorum.members.length - leaving.length,
  };
}

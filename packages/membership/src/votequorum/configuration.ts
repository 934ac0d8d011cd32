import type { NodeId, NodeListEntry } from "@quorate/ports";

/** Who decides an even split: the lowest or highest node of the last quorate ring, or the first of a list. */
export type TieBreaker = "lowest" | "highest" | readonly NodeId[];

/** Section `quorum` of the configuration, with null where the key is absent. Source: Corosync config, 4. */
export interface QuorumOptions {
  readonly expectedVotes: number | null;
  readonly isTwoNode: boolean;
  /** Null: as `isTwoNode`. */
  readonly isWaitForAll: boolean | null;
  readonly isAutoTieBreaker: boolean;
  readonly autoTieBreakerNode: TieBreaker;
  readonly isLastManStanding: boolean;
  readonly lastManStandingWindowMs: number;
}

export const QUORUM_DEFAULTS: QuorumOptions = {
  expectedVotes: null,
  isTwoNode: false,
  isWaitForAll: null,
  isAutoTieBreaker: false,
  autoTieBreakerNode: "lowest",
  isLastManStanding: false,
  lastManStandingWindowMs: 10_000,
};

/** Options with nothing left open, as the computation takes them. */
export interface QuorumSettings {
  readonly expectedVotes: number;
  readonly isTwoNode: boolean;
  readonly isWaitForAll: boolean;
  /** Not written there, it goes with two_node, also when a reload changes that. */
  readonly isWaitForAllWritten: boolean;
  /** Null: there is none. */
  readonly tieBreaker: TieBreaker | null;
  readonly isLastManStanding: boolean;
  readonly lastManStandingWindowMs: number;
}

export type QuorumConfiguration =
  | { readonly ok: true; readonly settings: QuorumSettings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Checks the options against the node list and each other. Errors name all that is wrong; warnings name options
 * that were switched off. Source: Corosync config, 4 ("Start-up conflicts"); votequorum, 4.1.
 */
export function configureQuorum(
  options: QuorumOptions,
  nodeList: readonly NodeListEntry[],
): QuorumConfiguration {
  const errors: string[] = [];
  const warnings: string[] = [];
  const votes = nodeList.reduce((sum, node) => sum + node.votes, 0);
  const expectedVotes = options.expectedVotes ?? votes;
  const isWaitForAll = options.isWaitForAll ?? options.isTwoNode;
  let { isTwoNode, isAutoTieBreaker } = options;

  if (!Number.isSafeInteger(expectedVotes) || expectedVotes < 1)
    errors.push(`quorum.expected_votes is ${expectedVotes}: it must be a whole number above 0`);
  if (isTwoNode && nodeList.length > 2)
    errors.push(
      `quorum.two_node is set, but the node list has ${nodeList.length} nodes: a single node would keep quorum. Remove two_node`,
    );
  if (isAutoTieBreaker && isTwoNode) {
    warnings.push("quorum.two_node is switched off because quorum.auto_tie_breaker is set");
    isTwoNode = false;
  }
  if (isAutoTieBreaker && expectedVotes % 2 === 1 && !isWaitForAll) {
    if (options.isLastManStanding)
      errors.push(
        "quorum.auto_tie_breaker and quorum.last_man_standing cannot be used together with an odd number of votes unless quorum.wait_for_all is set",
      );
    else
      warnings.push(
        "quorum.auto_tie_breaker is switched off: the number of votes is odd and quorum.wait_for_all is not set",
      );
    isAutoTieBreaker = false;
  }
  if (
    isAutoTieBreaker &&
    options.autoTieBreakerNode !== "lowest" &&
    options.autoTieBreakerNode !== "highest"
  ) {
    const known = new Set(nodeList.map((node) => node.nodeId));
    const unknown = options.autoTieBreakerNode.filter((id) => !known.has(id));
    if (options.autoTieBreakerNode.length === 0 || unknown.length > 0) {
      warnings.push(
        `quorum.auto_tie_breaker is switched off: quorum.auto_tie_breaker_node names ${unknown.length === 0 ? "no node" : `unknown nodes ${unknown.join(" ")}`}`,
      );
      isAutoTieBreaker = false;
    }
  }
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    warnings,
    settings: {
      expectedVotes,
      isTwoNode,
      isWaitForAll,
      isWaitForAllWritten: options.isWaitForAll !== null,
      tieBreaker: isAutoTieBreaker ? options.autoTieBreakerNode : null,
      isLastManStanding: options.isLastManStanding,
      lastManStandingWindowMs: options.lastManStandingWindowMs,
    },
  };
}

/**
 * What changed the score of a resource on a node. Constraints are named by their ids, so that an administrator can
 * find and change them.
 */
export type ScoreCause =
  | { readonly kind: "location"; readonly constraint: string }
  /** The resource has to be, or would like to be, where the primary is (or is not). */
  | {
      readonly kind: "colocation";
      readonly constraint: string;
      readonly with: string;
      /** Where the primary is; null: nowhere. */
      readonly withNode: string | null;
    }
  /** A dependent, or what depends on it, has a say: its own score on the node, weighed. */
  | {
      readonly kind: "influence";
      readonly constraint: string;
      readonly dependent: string;
      /** How much of the wish counts, -1 to 1; the product is rounded half away from zero. */
      readonly factor: number;
      readonly wish: number;
    }
  | { readonly kind: "stickiness" }
  /** What the agent said about promotion. */
  | { readonly kind: "promotion-score" }
  | { readonly kind: "migration-threshold"; readonly failCount: number; readonly threshold: number }
  | { readonly kind: "ticket"; readonly ticket: string }
  /** A failed, rejected or masked operation of the history. */
  | { readonly kind: "failure"; readonly operation: string; readonly exitStatus: number }
  | { readonly kind: PlainCause };

/** Causes that need no more than their name. */
export type PlainCause =
  /** The score of the node itself: configured, or -INFINITY for a node that is not online. */
  | "node-score"
  | "shutdown-lock"
  | "exclusive-discovery"
  | "unmanaged-active"
  | "removed"
  | "multiple-active"
  | "failed-start"
  | "target-role"
  | "utilization"
  /** What runs in a container, guest or remote node may be only in, or only outside of it. */
  | "container"
  /** All instances that may run, or that may run on this node, are placed already. */
  | "instance-limit"
  /** The node cannot run anything now, so no instance is placed there. */
  | "node-unavailable"
  /** The clone or bundle as a whole may not use the node. */
  | "collective-banned"
  /** A score that must not become negative by the wishes of others. */
  | "not-negative"
  /** The wishes of everything that depends on it, in a run that does not keep causes. */
  | "sum-of-influences";

import type { Role } from "./role.ts";

/**
 * Why a node or a role was chosen and what was learned from history: one step of a decision, as data, in the order in
 * which it was taken. Scores carry their causes themselves, see `AllowedNodes.lastStep`.
 */
export type Explanation =
  | AssignmentExplanation
  | RoleExplanation
  | ResourceStateExplanation
  | NodeStateExplanation;

/** Placement chose a node, or none. */
export interface AssignmentExplanation {
  readonly kind: "assignment";
  readonly resource: string;
  readonly node: string | null;
  readonly score: number;
  readonly cause: AssignmentCause;
  /** Other nodes with the same score and what decided between them; only known when the run explains. */
  readonly ties: readonly AssignmentTie[];
}

/** A node that was as good by score; `usedBy` counts what was assigned to a node at that moment. */
export interface AssignmentTie {
  readonly node: string;
  readonly usedBy: number;
  readonly chosenUsedBy: number;
  /** Above 0: the chosen node had more capacity left (placement strategy `balanced` only). */
  readonly capacityPoints: number;
}

export type AssignmentCause =
  | "best-score"
  | "current-node"
  | "preferred"
  | "unmanaged"
  | "no-node-available"
  | "stop-all-resources"
  | "instance-limit"
  | "colocation";

/** The next role was limited or chosen. */
export interface RoleExplanation {
  readonly kind: "role";
  readonly resource: string;
  readonly role: Role;
  readonly cause: RoleCause;
}

/** What limited or chose a role. */
export type RoleCause =
  | "target-role"
  | "no-quorum"
  | "failure"
  | "promotion-score"
  | "promoted-max"
  | "not-assigned"
  | "connection-shutdown";

/** Something that was learned about a resource while its history was read. */
export interface ResourceStateExplanation {
  readonly kind: "resource-state";
  readonly resource: string;
  readonly node: string | null;
  readonly change:
    | "failed"
    | "blocked"
    | "unmanaged"
    | "removed"
    | "failure-ignored"
    | "failure-expired"
    | "dangling-migration"
    | "partial-migration"
    | "multiply-active"
    | "locked";
}

/** Something that was decided about a node; fencing reasons are on the fencing action. */
export interface NodeStateExplanation {
  readonly kind: "node-state";
  readonly node: string;
  readonly change: "unclean" | "standby-on-failure" | "pending" | "remote-reset" | "startup-fencing";
  /** In words of `describeReason`, when there is one. */
  readonly reason: string | null;
}

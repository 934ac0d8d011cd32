import type { Role } from "./role.ts";

/**
 * Why a role or a node came out as it did: one step of a decision, as data. Scores carry their causes themselves, see
 * `AllowedNodes.steps`. Texts for people, dashboards
 * and `crm_simulate` explanations are made from this list. Every step names what caused it (constraint, option,
 * history entry), so that an administrator can find and change it.
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
  readonly cause:
    | "target-role"
    | "no-quorum"
    | "failure"
    | "promotion-score"
    | "promoted-max"
    | "not-assigned"
    | "connection-shutdown";
}

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

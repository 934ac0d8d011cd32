import type { AssignmentCause, AssignmentTie, RoleCause } from "../model/explanation.ts";
import type { Reason } from "../model/reason.ts";
import type { ScoreCause } from "../model/score-cause.ts";

/**
 * Why one primitive, or one instance of it, is where it is and does what it does. Plain data that can be written as
 * JSON: names instead of records, scores as numbers (1000000 is INFINITY).
 */
export interface ResourceExplanation {
  readonly resource: string;
  /** `ocf:heartbeat:apache`. */
  readonly agent: string;
  /** Names of the role now and of the one that is aimed at. */
  readonly role: string;
  readonly nextRole: string;
  readonly activeNodes: readonly string[];
  readonly assignedNode: string | null;
  /** What decided between the nodes; null when nothing had to be decided. */
  readonly decision: AssignmentCause | null;
  /** What decided the role of an instance that can be promoted; null otherwise. */
  readonly roleDecision: RoleCause | null;
  /** What keeps the cluster from treating the resource as usual. */
  readonly conditions: readonly Condition[];
  /** In the order of the node list. */
  readonly nodes: readonly NodeExplanation[];
  /** What is done with the resource, or would be done if it could be. */
  readonly actions: readonly ActionExplanation[];
  readonly failures: readonly FailureExplanation[];
}

export type Condition =
  | "disabled"
  | "unmanaged"
  | "maintenance"
  | "blocked"
  | "failed"
  | "removed"
  | "no-quorum"
  | "no-fencing-device"
  | "stop-all-resources"
  | "locked"
  | "failure-ignored";

/** One node from the point of view of the resource. */
export interface NodeExplanation {
  readonly node: string;
  readonly nodeKind: "cluster" | "remote" | "guest" | "bundle";
  /** Why the node can run nothing; empty when it can. */
  readonly states: readonly NodeState[];
  /** Null: the resource does not know the node (only nodes that are allowed explicitly are known). */
  readonly score: number | null;
  /** The score that `crm_simulate -s` shows: before what the node has no room for was banned. Null: no line. */
  readonly scoreLine: number | null;
  /** How the score came about: the first step begins at 0, each continues from the one before. */
  readonly steps: readonly ScoreStepExplanation[];
  readonly verdict: Verdict;
}

export type NodeState = "offline" | "unclean" | "standby" | "maintenance" | "shutdown" | "pending";

export interface ScoreStepExplanation {
  readonly before: number;
  readonly after: number;
  readonly cause: ScoreCause;
}

/** Why the node was chosen, or why not and so what would have to change. */
export type Verdict =
  | { readonly kind: "chosen" }
  /** The resource knows only nodes that a constraint allows. */
  | { readonly kind: "not-allowed" }
  | { readonly kind: "unavailable"; readonly states: readonly NodeState[] }
  /** What made the score negative. */
  | { readonly kind: "banned"; readonly causes: readonly ScoreCause[] }
  /** The chosen node is better by this much. */
  | { readonly kind: "lower-score"; readonly points: number }
  | {
      readonly kind: "tie";
      readonly decidedBy: "capacity" | "usage" | "current-node" | "name" | "unknown";
      readonly tie: AssignmentTie | null;
    }
  /** Nothing runs anywhere, whatever the scores are. */
  | { readonly kind: "not-placed"; readonly cause: AssignmentCause | null };

export interface ActionExplanation {
  readonly key: string;
  readonly task: string;
  readonly node: string | null;
  readonly isRequired: boolean;
  readonly isRunnable: boolean;
  /** Part of the transition. */
  readonly isInGraph: boolean;
  readonly reason: Reason | null;
  /** What must be possible before and is not. */
  readonly blockedBy: readonly ActionReference[];
  /** What is done before. */
  readonly after: readonly ActionReference[];
}

export interface ActionReference {
  readonly key: string;
  readonly node: string | null;
}

export interface FailureExplanation {
  readonly operation: string;
  readonly node: string;
  readonly exitStatus: number | null;
  readonly executionStatus: number | null;
  readonly exitReason: string | null;
}

import { XmlAttributes, type XmlElement } from "@quorate/xml";
import type { ClusterNode } from "./node.ts";
import type { Relation } from "./ordering.ts";
import type { Reason } from "./reason.ts";
import type { Resource } from "./resource.ts";
import { Role } from "./role.ts";

/** Bits of `Action.flags`. Source: part 3, 1.4; part 4, 9.2. */
export const ActionFlag = {
  /** Need not be executed; without it the action is *required*. */
  Optional: 1 << 0,
  Runnable: 1 << 1,
  /** Needs no agent. */
  Pseudo: 1 << 2,
  /** Goes into the graph even if optional. */
  AlwaysInGraph: 1 << 3,
  /** May be part of a live migration. */
  Migratable: 1 << 4,
  /** A recurring action that must be sent again even if it is active. */
  Reschedule: 1 << 5,
  /** A stop that only cleans up a dangling migration source. */
  MigrationAbort: 1 << 6,
  /** May run on the DC instead of its node. */
  OnDc: 1 << 7,
  /** Has a synapse. */
  AddedToGraph: 1 << 8,
  /** The instance attributes of its operation were evaluated. */
  ExtraParametersRead: 1 << 9,
  /** Some runnable input count decides whether it is runnable. */
  RequiresAny: 1 << 10,
  /** A fencing or cluster action that was seen while relations were explored; for loop protection. */
  Visited: 1 << 11,
} as const;

/** What must hold before the action may run. */
export type Requirement = "nothing" | "quorum" | "fencing";

/** What to do about a failure, in ascending severity. Source: part 1, 13.1. */
export const FailureResponse = {
  Ignore: 0,
  Demote: 1,
  Restart: 2,
  ResetRemote: 3,
  RestartContainer: 4,
  Ban: 5,
  Block: 6,
  Stop: 7,
  Standby: 8,
  Fence: 9,
} as const;
export type FailureResponse = (typeof FailureResponse)[keyof typeof FailureResponse];

export type ActionMeta = Omit<XmlAttributes, "set" | "delete" | "clear" | "sort">;

/** One action that the transition may contain. Source: part 3, 2.1. */
export interface Action {
  /** Counts from 1 in order of creation over the whole run. */
  readonly id: number;
  /** `rsc_start_0`, `stonith-node1-reboot`, ...; compared ignoring case. */
  readonly key: string;
  /** A recurring monitor that is to be cancelled becomes `cancel` (part 3, 16.5). */
  task: string;
  /** 0 for what is done once. */
  readonly intervalMs: number;
  readonly resource: Resource | null;
  /** An action made without node adopts the node of a later request. */
  node: ClusterNode | null;
  /** Of `ActionFlag`. */
  flags: number;
  /** Few entries, most of them attributes of the `op` element. A table is never changed, because other nodes' actions share it. */
  meta: ActionMeta;
  /** Instance attributes of the operation. */
  extraParameters: ReadonlyMap<string, string>;
  reason: Reason | null;
  priority: number;
  requirement: Requirement;
  onFail: FailureResponse;
  roleAfterFailure: Role;
  /** The matched `op` element. */
  operation: XmlElement | null;
  /** Of a cancel action: the task that it cancels. */
  cancelTask: string | null;
  /** How many of its inputs must be runnable; 0: the ordinary rules hold. */
  requiredRunnableBefore: number;
  runnableBefore: number;
  /** In order of creation; iterate backwards for "newest first". The kinds here are the ones that count. */
  before: Relation[];
  /** In order of creation. Both lists are replaced by longer ones: see `addRelation`. */
  after: Relation[];
  /**
   * Of `after`, once it is long: id of the other action -> union of the kinds. Most actions have a few relations, and there
   * a search is as fast and takes no memory; see `addRelation`.
   */
  kindsAfter: Map<number, number> | null;
}

/** Of actions that have none yet; stays empty. */
export const NO_RELATIONS: Relation[] = [];
const NO_META: ActionMeta = new XmlAttributes();
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

export function createAction(facts: {
  readonly id: number;
  readonly key: string;
  readonly task: string;
  readonly intervalMs: number;
  readonly resource: Resource | null;
  readonly node: ClusterNode | null;
  readonly flags: number;
}): Action {
  return {
    id: facts.id,
    key: facts.key,
    task: facts.task,
    intervalMs: facts.intervalMs,
    resource: facts.resource,
    node: facts.node,
    flags: facts.flags,
    meta: NO_META,
    extraParameters: NO_PARAMETERS,
    reason: null,
    priority: 0,
    requirement: "nothing",
    onFail: FailureResponse.Ignore,
    roleAfterFailure: Role.Unknown,
    operation: null,
    cancelTask: null,
    requiredRunnableBefore: 0,
    runnableBefore: 0,
    before: NO_RELATIONS,
    after: NO_RELATIONS,
    kindsAfter: null,
  };
}

/** True when the action has every flag of the mask. */
export function hasActionFlags(action: Action, mask: number): boolean {
  return (action.flags & mask) === mask;
}

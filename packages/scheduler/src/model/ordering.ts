import type { Action } from "./action.ts";
import type { Resource } from "./resource.ts";

/**
 * What a relation between two actions means; a set of bits. Sources: part 3, 1.5 (names in capitals there) and
 * part 4, 12.1 (effects).
 */
export const RelationKind = {
  None: 0,
  /** ORDER: sequence only. */
  Ordered: 1 << 0,
  /** IMPLIES-THEN: first required, so then is required. */
  FirstImpliesThen: 1 << 1,
  /** IMPLIES-FIRST. */
  ThenImpliesFirst: 1 << 2,
  /** IMPLIES-FIRST-IF-PROMOTED. */
  PromotedThenImpliesFirst: 1 << 3,
  /** FIRST-MUST-RUN: first unrunnable, so then is unrunnable. */
  UnrunnableFirstBlocks: 1 << 4,
  /** RESTART. */
  IntermediateStop: 1 << 5,
  /** UNMIGRATABLE-THEN-BLOCKS. */
  UnmigratableThenBlocks: 1 << 6,
  /** FIRST-ELSE-THEN. */
  FirstElseThen: 1 << 7,
  /** SAME-NODE-IMPLIES. */
  FirstImpliesSameNodeThen: 1 << 8,
  /** NESTED-PROBE. */
  NestedRemoteProbe: 1 << 9,
  /** GRAPH-FIRST. */
  ThenImpliesFirstGraphed: 1 << 10,
  /** GRAPH-THEN. */
  FirstImpliesThenGraphed: 1 << 11,
  /** ASYMMETRIC. */
  Asymmetric: 1 << 12,
  /** SERIALIZE. */
  Serialize: 1 << 13,
  /** MIN-RUNNABLE. */
  MinRunnable: 1 << 14,
  /** IF-SAME-NODE. */
  IfOnSameNode: 1 << 15,
  /** IF-SAME-NODE-OR-TARGET. */
  IfOnSameNodeOrTarget: 1 << 16,
  /** IF-FIRST-UNMIGRATABLE. */
  IfFirstUnmigratable: 1 << 17,
  /** IF-REQUIRED-SAME-NODE. */
  IfRequiredOnSameNode: 1 << 18,
  /** GUEST-OK. */
  GuestAllowed: 1 << 19,
  /** CANCELS-FIRST. */
  ThenCancelsFirst: 1 << 20,
} as const;

/**
 * One entry of an action's `before` or `after` list. The two entries of a relation are separate records, because
 * disabling one of them (kinds 0) leaves the other (part 4, 9.6).
 */
export interface Relation {
  /** The other action: in `before` the first one, in `after` the then one. */
  readonly action: Action;
  /** Of `RelationKind`. */
  kinds: number;
  /** Of entries in `before`: the entry became a trigger of the synapse (part 4, 13.3.2). */
  isGraphed: boolean;
}

/**
 * A side of an ordering: a given action, or what is looked up when orderings are applied: a one-shot task of the resource, or a
 * key (which may be that of another resource). At most one of the three is not null.
 */
export interface OrderingSide {
  readonly resource: Resource | null;
  readonly action: Action | null;
  readonly task: string | null;
  readonly key: string | null;
}

/** An ordering that becomes relations once all actions exist. Source: part 3, 1.6; part 4, 11. */
export interface Ordering {
  /** Counts from 1 in order of creation, which is the order of application. */
  readonly id: number;
  /** Id of the constraint that it comes from; null for internal ones. */
  readonly constraint: string | null;
  readonly first: OrderingSide;
  readonly then: OrderingSide;
  readonly kinds: number;
}

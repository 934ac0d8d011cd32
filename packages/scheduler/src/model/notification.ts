import type { Action } from "./action.ts";

/** What the instances of a clone are told about. */
export type NotifiedOperation = "start" | "stop" | "promote" | "demote";

/** The pseudo-actions around an operation of a clone that frame the instances' notify actions. Part 3, 19.1. */
export interface NotificationSet {
  /** Null in the set of a stop that fencing implies, which has only the part after it. */
  readonly pre: Action | null;
  readonly preConfirmed: Action | null;
  readonly post: Action;
  readonly postConfirmed: Action;
}

/** The sets of one clone; each is made once. */
export type NotificationSets = { -readonly [operation in NotifiedOperation]: NotificationSet | null };

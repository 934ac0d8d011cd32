import { allActions, allActionsByKey } from "../actions/find-actions.ts";
import type { Action } from "../model/action.ts";
import type { OrderingSide } from "../model/ordering.ts";

const NONE: readonly Action[] = [];

/** The actions that a side names by task or key; oldest first, valid until the next request. */
export function namedActions({ resource, task, key }: OrderingSide): readonly Action[] {
  if (resource === null) return NONE;
  if (task !== null) return allActions(resource, task);
  return key === null ? NONE : allActionsByKey(resource, key);
}

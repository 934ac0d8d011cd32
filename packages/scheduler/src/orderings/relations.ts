import type { Action } from "../model/action.ts";

/**
 * Relates two actions: `first` must be finished before `then` begins, and what else `kinds` says. Refused, with
 * the result false, when no kind is given or when a relation that shares a kind with the new one is there already.
 * Source: part 4, 9.6.
 */
export function addRelation(first: Action, then: Action, kinds: number): boolean {
  if (kinds === 0) return false;
  const known = first.kindsAfter.get(then.id) ?? 0;
  if ((known & kinds) !== 0) return false;
  first.kindsAfter.set(then.id, known | kinds);
  first.after.push({ action: then, kinds, isGraphed: false });
  then.before.push({ action: first, kinds, isGraphed: false });
  return true;
}

import { type Action, NO_RELATIONS } from "../model/action.ts";

/** From so many relations on a map of them is kept. */
const LONG = 8;

/**
 * Relates two actions: `first` must be finished before `then` begins, and what else `kinds` says. Refused, with
 * the result false, when no kind is given or when a relation that shares a kind with the new one is there already.
 * Source: part 4, 9.6.
 */
export function addRelation(first: Action, then: Action, kinds: number): boolean {
  if (kinds === 0) return false;
  const known = knownKinds(first, then);
  if ((known & kinds) !== 0) return false;
  first.kindsAfter?.set(then.id, known | kinds);
  const after = { action: then, kinds, isGraphed: false };
  const before = { action: first, kinds, isGraphed: false };
  // Most actions are probes, which have one relation: a list that is made with it has no room for 16 more.
  if (first.after === NO_RELATIONS) first.after = [after];
  else first.after.push(after);
  if (then.before === NO_RELATIONS) then.before = [before];
  else then.before.push(before);
  return true;
}

/** The kinds of entries in `after` never change, so the list tells what was ever related. */
function knownKinds(first: Action, then: Action): number {
  if (first.kindsAfter === null && first.after.length >= LONG) {
    first.kindsAfter = new Map();
    for (const { action, kinds } of first.after) {
      first.kindsAfter.set(action.id, (first.kindsAfter.get(action.id) ?? 0) | kinds);
    }
  }
  if (first.kindsAfter !== null) return first.kindsAfter.get(then.id) ?? 0;
  let known = 0;
  for (const { action, kinds } of first.after) if (action === then) known |= kinds;
  return known;
}

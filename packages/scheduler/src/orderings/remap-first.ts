import { actionKey, notificationKey } from "../actions/action-key.ts";
import { firstActionByKey } from "../actions/find-actions.ts";
import { completionOf } from "../actions/tasks.ts";
import type { Action } from "../model/action.ts";
import { topWithBundle } from "../model/ancestry.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";

/**
 * What `then` really waits for: the completion of a collective's action rather than its beginning, and if the
 * collective notifies, until all instances have heard of it. Source: part 4, 12.3 step 5.
 */
export function actionForOrdering(first: Action, then: Action): Action {
  const resource = first.resource;
  if (resource === null || then.resource === null || resource === then.resource) return first;
  if (resource.variant === Variant.Primitive || isAncestor(resource, then.resource)) return first;
  const completion = oneShotCompletion(first);
  if (completion === null) return first;
  // A bundle has no notifications of its own; one that is marked so waits for nothing but the action itself.
  const hasNotifications =
    hasFlags(resource, ResourceFlag.Notify) &&
    (resource.clone !== null || topWithBundle(resource).variant === Variant.Bundle);
  const key = hasNotifications
    ? notificationKey(resource.id, "confirmed-post", completion)
    : actionKey(resource.id, completion, 0);
  return firstActionByKey(resource, key) ?? first;
}

/** Null when the action is neither a beginning nor a completion. */
function oneShotCompletion(action: Action): string | null {
  if (action.key.includes("notify")) return null;
  switch (action.task) {
    case "start":
    case "stop":
    case "promote":
    case "demote":
    case "notify":
      return completionOf(action.task);
    case "running":
    case "stopped":
    case "promoted":
    case "demoted":
      return action.task;
    default:
      return null;
  }
}

function isAncestor(ancestor: Resource, resource: Resource): boolean {
  for (let parent = resource.parent; parent !== null; parent = parent.parent) {
    if (parent === ancestor) return true;
  }
  return false;
}

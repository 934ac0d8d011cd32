import type { Action } from "../model/action.ts";
import type { ClusterNode } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";

/**
 * The two ways to look up actions differ when several match (part 4, 9.1): `firstAction` takes the newest and, with
 * a node, passes over actions without node; `allActions` gives all, oldest first, and an action without node
 * matches any and adopts it.
 */
export function firstAction(
  resource: Resource,
  task: string,
  node: ClusterNode | null = null,
): Action | null {
  return newestOn(resource.actionTable.once(task), node);
}

/** The newest action with that key; with a node, actions without node never match. */
export function firstActionByKey(
  resource: Resource,
  key: string,
  node: ClusterNode | null = null,
): Action | null {
  return newestOn(resource.actionTable.withKey(key), node);
}

function newestOn(actions: readonly Action[] | null, node: ClusterNode | null): Action | null {
  if (actions === null) return null;
  for (let i = actions.length - 1; i >= 0; i--) {
    const action = actions[i] as Action;
    if (node === null || action.node === node) return action;
  }
  return null;
}

const NONE: readonly Action[] = [];

/** All actions with that one-shot task, oldest first. The result must not be changed and is valid until the next request. */
export function allActions(
  resource: Resource,
  task: string,
  node: ClusterNode | null = null,
): readonly Action[] {
  const actions = resource.actionTable.once(task);
  if (actions === null) return NONE;
  if (node === null) return actions;
  const result: Action[] = [];
  for (const action of actions) {
    if (action.node === null) action.node = node;
    if (action.node === node) result.push(action);
  }
  return result;
}

/** All actions with that key, on whatever node, oldest first. The same holds for the result. */
export function allActionsByKey(resource: Resource, key: string): readonly Action[] {
  return resource.actionTable.withKey(key) ?? NONE;
}

/** All actions with that key that are on that very node, oldest first; actions without node do not match. */
export function actionsOnNode(resource: Resource, key: string, node: ClusterNode): readonly Action[] {
  return allActionsByKey(resource, key).filter((action) => action.node === node);
}

import { parseActionKey } from "../actions/action-key.ts";
import { firstAction } from "../actions/find-actions.ts";
import { foldCompletion } from "../actions/tasks.ts";
import { type Action, ActionFlag } from "../model/action.ts";
import type { ClusterNode } from "../model/node.ts";
import { type Resource, Variant } from "../model/resource.ts";

const INITIAL = ActionFlag.Optional | ActionFlag.Runnable | ActionFlag.Pseudo;

/**
 * The flags of an action as orderings see them: those of a collective's action follow from its parts, and are
 * written back to it where they are stricter. `node` is the other action's node. Source: part 4, 12.2.
 */
export function orderingFlags(action: Action, node: ClusterNode | null): number {
  const resource = action.resource;
  if (resource === null || resource.variant === Variant.Primitive) return action.flags;
  const flags = flagsOf(action, resource, null);
  if (node === null || resource.clone === null) return flags;
  return flagsOf(action, resource, node) | (flags & ActionFlag.Runnable);
}

/** The flags of the action as the resource sees it, with only those parts that are on the node if one is given. */
export function flagsOf(action: Action, resource: Resource, node: ClusterNode | null): number {
  switch (resource.variant) {
    case Variant.Primitive:
      return action.flags;
    case Variant.Group:
      return groupFlags(action, resource, node);
    case Variant.Clone:
    case Variant.Bundle:
      return collectiveFlags(action, resource, node);
  }
}

/** Source: part 4, 12.5.1. */
function groupFlags(action: Action, group: Resource, node: ClusterNode | null): number {
  const task = foldCompletion(action.task);
  let flags = INITIAL;
  for (const member of group.children) {
    const memberAction = firstAction(member, task, node);
    if (memberAction === null) {
      if (task !== "stop" && task !== "demote") flags &= ~ActionFlag.Runnable;
      continue;
    }
    if ((memberAction.flags & ActionFlag.Optional) === 0) {
      flags &= ~ActionFlag.Optional;
      action.flags &= ~ActionFlag.Optional;
    }
    if (task !== action.task && (memberAction.flags & ActionFlag.Runnable) === 0) {
      flags &= ~ActionFlag.Runnable;
      action.flags &= ~ActionFlag.Runnable;
    }
  }
  return flags;
}

/** Source: part 4, 12.6.1. Also done for a clone's actions just before it is written to the graph (13.1.2). */
export function collectiveFlags(action: Action, collective: Resource, node: ClusterNode | null): number {
  const task = instanceTask(action, collective);
  let flags = INITIAL;
  let isAnyRunnable = false;
  for (const instance of instancesFor(collective, task)) {
    const nodeOfSearch = instance.variant === Variant.Primitive ? node : null;
    const instanceAction = firstAction(instance, task, nodeOfSearch);
    if (instanceAction === null) continue;
    const instanceFlags = flagsOf(instanceAction, instance, node);
    if ((instanceFlags & ActionFlag.Optional) === 0) {
      flags &= ~ActionFlag.Optional;
      action.flags &= ~ActionFlag.Optional;
    }
    if ((instanceFlags & ActionFlag.Runnable) !== 0) isAnyRunnable = true;
  }
  if (!isAnyRunnable) {
    flags &= ~ActionFlag.Runnable;
    if (node === null) action.flags &= ~ActionFlag.Runnable;
  }
  return flags;
}

/** The task of instances that an action of their collective stands for. */
export function instanceTask(action: Action, collective: Resource): string {
  let task = action.task;
  if (task === "notify" || task === "notified") {
    const keyTask = parseActionKey(action.key)?.task ?? task;
    const start = keyTask.indexOf("_notify_");
    if (start >= 0) task = keyTask.slice(start + "_notify_".length);
  }
  return collective.children[0]?.variant === Variant.Primitive ? foldCompletion(task) : task;
}

/** Which parts of a collective have that task: instances, or for a bundle its containers or what is in them. */
function instancesFor(collective: Resource, task: string): readonly Resource[] {
  const bundle = collective.bundle;
  if (bundle === null) return collective.children;
  switch (task) {
    case "start":
    case "running":
    case "stop":
    case "stopped":
    case "monitor":
      return bundle.replicas.map((replica) => replica.container);
    default:
      return bundle.clone?.children ?? [];
  }
}

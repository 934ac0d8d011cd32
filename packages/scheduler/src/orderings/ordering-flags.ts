import { parseActionKey } from "../actions/action-key.ts";
import { allActions, firstAction } from "../actions/find-actions.ts";
import { foldCompletion } from "../actions/tasks.ts";
import { type Action, ActionFlag } from "../model/action.ts";
import type { ClusterNode } from "../model/node.ts";
import { type Resource, Variant } from "../model/resource.ts";

const INITIAL = ActionFlag.Optional | ActionFlag.Runnable | ActionFlag.Pseudo;

/**
 * The flags of actions as orderings see them: those of a collective's action follow from its parts, and are written
 * back to it where they are stricter. Results are kept until `forget`, which has to be called when the flags of
 * an action of a resource change. Source: part 4, 12.2.
 */
export class OrderingFlags {
  readonly #known = new Map<Resource, Map<Action, KnownFlags>>();

  /** `node` is the other action's node: of a clone, only what is there counts. */
  of(action: Action, node: ClusterNode | null): number {
    const resource = action.resource;
    if (resource === null || resource.variant === Variant.Primitive) return action.flags;
    const known = this.#knownOf(action, resource);
    if (node === null || resource.clone === null) return known.anywhere;
    let here = known.byNode.get(node);
    if (here === undefined) {
      here = cloneFlagsOn(action, resource, node, known) | (known.anywhere & ActionFlag.Runnable);
      known.byNode.set(node, here);
    }
    return here;
  }

  /** Drops what followed from the actions of the resource, for itself and all that it is part of. */
  forget(resource: Resource | null): void {
    for (let part = resource; part !== null; part = part.parent) this.#known.delete(part);
  }

  #knownOf(action: Action, resource: Resource): KnownFlags {
    let ofResource = this.#known.get(resource);
    if (ofResource === undefined) {
      ofResource = new Map();
      this.#known.set(resource, ofResource);
    }
    let known = ofResource.get(action);
    if (known === undefined) {
      known = { anywhere: flagsOf(action, resource, null), byNode: new Map(), parts: null };
      ofResource.set(action, known);
    }
    return known;
  }
}

interface KnownFlags {
  readonly anywhere: number;
  readonly byNode: Map<ClusterNode, number>;
  /** Of a clone of primitives: the newest action of each instance on each node; made when it is needed first. */
  parts: ReadonlyMap<ClusterNode, readonly Action[]> | null;
}

/** The same as `collectiveFlags` with a node, without a look at instances that have nothing there. */
function cloneFlagsOn(action: Action, clone: Resource, node: ClusterNode, known: KnownFlags): number {
  if (clone.children[0]?.variant !== Variant.Primitive) return collectiveFlags(action, clone, node);
  if (!isKnownTask(instanceTask(action, clone))) return INITIAL & ~ActionFlag.Runnable;
  known.parts ??= instanceActionsByNode(action, clone);
  let flags = INITIAL;
  let isAnyRunnable = false;
  for (const part of known.parts.get(node) ?? []) {
    if ((part.flags & ActionFlag.Optional) === 0) flags &= ~ActionFlag.Optional;
    if ((part.flags & ActionFlag.Runnable) !== 0) isAnyRunnable = true;
  }
  if ((flags & ActionFlag.Optional) === 0) action.flags &= ~ActionFlag.Optional;
  return isAnyRunnable ? flags : flags & ~ActionFlag.Runnable;
}

function instanceActionsByNode(action: Action, clone: Resource): ReadonlyMap<ClusterNode, readonly Action[]> {
  const result = new Map<ClusterNode, Action[]>();
  const task = instanceTask(action, clone);
  for (const instance of clone.children) {
    const seen = new Set<ClusterNode>();
    const candidates = allActions(instance, task);
    for (let i = candidates.length - 1; i >= 0; i--) {
      const part = candidates[i] as Action;
      if (part.node === null || seen.has(part.node)) continue;
      seen.add(part.node);
      const others = result.get(part.node);
      if (others === undefined) result.set(part.node, [part]);
      else others.push(part);
    }
  }
  return result;
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
  if (!isKnownTask(task)) return flags & ~ActionFlag.Runnable;
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
  for (const instance of isKnownTask(foldCompletion(task)) ? instancesFor(collective, task) : []) {
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

/** Only these tasks of collectives follow from their parts; a migration of a clone, for instance, does not. */
function isKnownTask(task: string): boolean {
  switch (task) {
    case "start":
    case "stop":
    case "promote":
    case "demote":
    case "notify":
    case "monitor":
      return true;
    default:
      return false;
  }
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

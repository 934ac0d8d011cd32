import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { forEachLeaf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";
import type { NotificationSet, NotifiedOperation } from "../model/notification.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addRelation } from "../orderings/relations.ts";
import { notificationKey } from "./action-key.ts";
import { AddedMeta } from "./action-meta.ts";
import { firstAction } from "./find-actions.ts";
import {
  collectActions,
  collectRole,
  type NotificationEntries,
  noEntries,
  notificationMeta,
} from "./notification-lists.ts";
import { requestAction } from "./request-action.ts";
import { COMPLETION_PRIORITY } from "./resource-actions.ts";

const OPERATIONS: readonly NotifiedOperation[] = ["start", "stop", "promote", "demote"];

/**
 * Creates the notify actions of a clone's instances. Done while the graph is built, when what is required is
 * settled. Source: part 3, 19.3 to 19.7.
 */
export function createNotifyActions(cluster: Cluster, clone: Resource): void {
  const sets = clone.clone?.notifications;
  if (sets === undefined || !hasFlags(clone, ResourceFlag.Notify)) return;
  if (OPERATIONS.every((operation) => sets[operation] === null)) return;
  // What instances are told is the same for all operations: notify actions are not in it.
  const entries = noEntries();
  forEachLeaf(clone, (instance) => {
    collectRole(entries, instance);
    collectActions(entries, instance);
  });
  const meta = new AddedMeta(notificationMeta(cluster, clone, entries));
  for (const operation of OPERATIONS) {
    const set = sets[operation];
    if (set === null) continue;
    if (entries[operation].length > 0) {
      for (const action of [set.pre, set.preConfirmed, set.post, set.postConfirmed]) {
        if (action !== null) action.flags &= ~ActionFlag.Optional;
      }
    }
    createForInstances(cluster, clone, { set, operation, entries, meta });
  }
}

interface FilledSet {
  readonly set: NotificationSet;
  readonly operation: NotifiedOperation;
  readonly entries: NotificationEntries;
  readonly meta: AddedMeta;
}

/** Source: part 3, 19.7. */
export function createForInstances(cluster: Cluster, collective: Resource, filled: FilledSet): void {
  const { operation, entries } = filled;
  forEachLeaf(collective, (instance) => {
    informOperations(instance, filled.meta);
    if (operation !== "stop" && entries[operation].length === 0) return;
    if (operation === "stop" || operation === "demote") notifyWhereActive(cluster, instance, filled);
    else notifyWhereAssigned(cluster, instance, filled);
  });
}

/** The operations themselves are told, too. */
function informOperations(instance: Resource, meta: AddedMeta): void {
  for (const action of instance.actions) {
    if (hasActionFlags(action, ActionFlag.Optional) || action.node === null) continue;
    switch (action.task) {
      case "start":
      case "stop":
      case "promote":
      case "demote":
        action.meta = meta.addedTo(action.meta);
        break;
    }
  }
}

function notifyWhereActive(cluster: Cluster, instance: Resource, filled: FilledSet): void {
  if (instance.role === Role.Stopped) return;
  const stop = firstAction(instance, "stop");
  for (const node of instance.activeNodes) {
    const isGone = (node.flags & (NodeFlag.Unclean | NodeFlag.RemoteReset)) !== 0;
    if (stop !== null && hasActionFlags(stop, ActionFlag.Pseudo) && isGone) continue;
    notify(cluster, instance, node, filled, "pre");
    if (filled.operation === "demote" || stop === null || hasActionFlags(stop, ActionFlag.Optional)) {
      notify(cluster, instance, node, filled, "post");
    }
  }
}

function notifyWhereAssigned(cluster: Cluster, instance: Resource, filled: FilledSet): void {
  if (instance.nextRole === Role.Stopped) return;
  const start = firstAction(instance, "start");
  const connection = start?.node?.connection ?? null;
  if (connection !== null) {
    const connecting = firstAction(connection, "start");
    if (connecting !== null && !hasActionFlags(connecting, ActionFlag.Runnable)) return;
  }
  const node = instance.assignedNode;
  if (node === null) return;
  if (filled.operation === "promote" || start === null || hasActionFlags(start, ActionFlag.Optional)) {
    notify(cluster, instance, node, filled, "pre");
  }
  notify(cluster, instance, node, filled, "post");
}

function notify(
  cluster: Cluster,
  instance: Resource,
  node: ClusterNode,
  filled: FilledSet,
  type: "pre" | "post",
): void {
  const { set } = filled;
  const begin = type === "pre" ? set.pre : set.post;
  const end = type === "pre" ? set.preConfirmed : set.postConfirmed;
  const action =
    begin === null || end === null
      ? null
      : createNotify(cluster, instance, node, filled, { type, begin, end });
  if (type === "pre") return;
  if (action !== null) action.priority = COMPLETION_PRIORITY;
  for (const recurring of instance.actions) {
    const interval = recurring.meta.get("interval");
    if (interval === undefined || interval === "0" || recurring.task === "cancel") continue;
    addRelation(set.postConfirmed, recurring, RelationKind.Ordered);
  }
}

function createNotify(
  cluster: Cluster,
  instance: Resource,
  node: ClusterNode,
  filled: FilledSet,
  frame: { readonly type: "pre" | "post"; readonly begin: Action; readonly end: Action },
): Action | null {
  const { type, begin, end } = frame;
  if ((node.flags & NodeFlag.Online) === 0 || !hasActionFlags(begin, ActionFlag.Runnable)) return null;
  const action = requestAction(cluster, {
    resource: instance,
    key: notificationKey(instance.id, type, filled.operation),
    task: "notify",
    node,
    isOptional: hasActionFlags(begin, ActionFlag.Optional),
  });
  action.meta = filled.meta.addedTo(action.meta, begin.meta);
  addRelation(begin, action, RelationKind.Ordered);
  addRelation(action, end, RelationKind.Ordered);
  return action;
}

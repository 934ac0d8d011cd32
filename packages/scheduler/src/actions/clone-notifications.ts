import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { NotificationSet, NotifiedOperation } from "../model/notification.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { addRelation } from "../orderings/relations.ts";
import { type NotificationType, notificationKey } from "./action-key.ts";
import { setAllMeta } from "./action-meta.ts";
import { firstAction } from "./find-actions.ts";
import { requestPseudoAction } from "./request-action.ts";
import { COMPLETION_PRIORITY } from "./resource-actions.ts";
import { completionOf } from "./tasks.ts";

/** Source: part 3, 19.2. */
export function createStartAndStopNotifications(cluster: Cluster, clone: Resource): void {
  const sets = clone.clone?.notifications;
  if (sets === undefined || !hasFlags(clone, ResourceFlag.Notify)) return;
  sets.start ??= createSet(cluster, clone, "start");
  sets.stop ??= createSet(cluster, clone, "stop");
  orderSets(sets.stop, sets.start);
}

export function createPromoteNotifications(cluster: Cluster, clone: Resource): void {
  const sets = clone.clone?.notifications;
  if (sets === undefined || !hasFlags(clone, ResourceFlag.Notify)) return;
  sets.promote ??= createSet(cluster, clone, "promote");
}

export function createDemoteNotifications(cluster: Cluster, clone: Resource): void {
  const sets = clone.clone?.notifications;
  if (sets === undefined || !hasFlags(clone, ResourceFlag.Notify)) return;
  sets.demote ??= createSet(cluster, clone, "demote");
  orderSets(sets.stop, sets.promote);
  orderSets(sets.start, sets.promote);
  orderSets(sets.demote, sets.promote);
  orderSets(sets.demote, sets.start);
  orderSets(sets.demote, sets.stop);
}

/** Everybody has heard of the first operation before the second one is announced. */
function orderSets(first: NotificationSet | null, then: NotificationSet | null): void {
  if (first === null || then === null || then.pre === null) return;
  addRelation(first.postConfirmed, then.pre, RelationKind.Ordered);
}

/** Source: part 3, 19.1. */
function createSet(cluster: Cluster, clone: Resource, operation: NotifiedOperation): NotificationSet | null {
  const begin = firstAction(clone, operation);
  const end = firstAction(clone, completionOf(operation) ?? operation);
  if (begin === null || end === null) return null;
  const before = (type: NotificationType, task: string): Action =>
    createNotification(cluster, clone, {
      type,
      task,
      about: begin.task,
      operation,
      isOptional: hasActionFlags(begin, ActionFlag.Optional),
      isRunnable: true,
    });
  const pre = before("pre", "notify");
  const preConfirmed = before("confirmed-pre", "notified");
  addRelation(pre, preConfirmed, RelationKind.Ordered);
  addRelation(preConfirmed, begin, RelationKind.Ordered);
  const after = createPostSet(cluster, clone, { end, operation, about: end.task });
  addRelation(preConfirmed, after.post, RelationKind.Ordered);
  return { pre, preConfirmed, post: after.post, postConfirmed: after.postConfirmed };
}

/** The part of a set that follows the action `end`, which may be a fencing. Source: part 3, 19.1 and 19.8. */
export function createPostSet(
  cluster: Cluster,
  resource: Resource,
  facts: { readonly end: Action; readonly operation: NotifiedOperation; readonly about: string },
): NotificationSet {
  const { end, operation, about } = facts;
  const after = (type: NotificationType, task: string): Action => {
    const action = createNotification(cluster, resource, {
      type,
      task,
      about,
      operation,
      isOptional: hasActionFlags(end, ActionFlag.Optional),
      isRunnable: hasActionFlags(end, ActionFlag.Runnable),
    });
    action.priority = COMPLETION_PRIORITY;
    return action;
  };
  const post = after("post", "notify");
  const postConfirmed = after("confirmed-post", "notified");
  addRelation(end, post, RelationKind.FirstImpliesThen);
  addRelation(post, postConfirmed, RelationKind.FirstImpliesThen);
  return { pre: null, preConfirmed: null, post, postConfirmed };
}

function createNotification(
  cluster: Cluster,
  resource: Resource,
  facts: {
    readonly type: NotificationType;
    readonly task: string;
    /** The task in the key: what was announced or completed. */
    readonly about: string;
    readonly operation: NotifiedOperation;
    readonly isOptional: boolean;
    readonly isRunnable: boolean;
  },
): Action {
  const action = requestPseudoAction(cluster, resource, facts.task, {
    key: notificationKey(resource.id, facts.type, facts.about),
    isOptional: facts.isOptional,
    isRunnable: facts.isRunnable,
  });
  setAllMeta(action, [
    ["notify_key_type", facts.type],
    ["notify_key_operation", facts.about],
    ["notify_type", facts.type.endsWith("pre") ? "pre" : "post"],
    ["notify_operation", facts.operation],
  ]);
  return action;
}

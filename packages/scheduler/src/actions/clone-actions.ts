import { ActionFlag, hasActionFlags } from "../model/action.ts";
import { forEachLeaf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { createDemoteNotifications, createPromoteNotifications } from "./clone-notifications.ts";
import { createInstanceActions } from "./instance-actions.ts";
import { requestPseudoAction } from "./request-action.ts";
import { COMPLETION_PRIORITY, createResourceActions } from "./resource-actions.ts";

/** Source: part 3, 18.3. */
export function createCloneActions(cluster: Cluster, clone: Resource): void {
  createInstanceActions(cluster, clone, clone.children);
  if (hasFlags(clone, ResourceFlag.Promotable)) createPromotionActions(cluster, clone);
}

function createPromotionActions(cluster: Cluster, clone: Resource): void {
  let isPromoting = false;
  let isDemoting = false;
  for (const instance of clone.children) {
    createResourceActions(cluster, instance);
    forEachLeaf(instance, (leaf) => {
      for (const action of leaf.actions) {
        if (hasActionFlags(action, ActionFlag.Optional)) continue;
        if (action.task === "promote") isPromoting = true;
        else if (action.task === "demote") isDemoting = true;
      }
    });
  }
  const create = (task: string, isOptional: boolean) =>
    requestPseudoAction(cluster, clone, task, { isOptional, isRunnable: true });
  create("promote", !isPromoting);
  create("promoted", !isPromoting).priority = COMPLETION_PRIORITY;
  createPromoteNotifications(cluster, clone);
  create("demote", !isDemoting);
  create("demoted", !isDemoting).priority = COMPLETION_PRIORITY;
  createDemoteNotifications(cluster, clone);
  for (const instance of clone.children) instance.priority = clone.priority;
}

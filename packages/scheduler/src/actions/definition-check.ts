import { intervalText } from "@quorate/cib";
import { ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { HistoryEntry } from "../model/history-entry.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { addOrdering, sideOf, sideOfAction } from "../orderings/add-ordering.ts";
import { actionKey } from "./action-key.ts";
import { setMeta } from "./action-meta.ts";
import { cancelAction } from "./cancel-action.ts";
import { compareDigests, isOnlyPrivateChange, restartDigestOf } from "./digests.ts";
import { findEnabledOperation } from "./operation-configuration.ts";
import { requestAction, requestResourceAction } from "./request-action.ts";
import { triggerUnfencing } from "./unfencing.ts";

/**
 * Whether an operation that is in effect was made with another definition than the one that is configured now. If
 * so, what has to be done about it is scheduled: cancel, send again, reload or restart. Source: part 3, 12.2.
 */
export function hasDefinitionChanged(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry,
): boolean {
  const { operation, intervalMs } = entry;
  const isRecurring = intervalMs > 0;
  if (isRecurring && findEnabledOperation(resource, operation, intervalMs) === null) {
    if (cluster.options.cancelsRemovedActions) cancelFromHistory(cluster, resource, node, entry);
    return true;
  }
  const comparison = compareDigests(cluster, resource, node, entry);
  if (comparison !== "match" && isOnlyPrivateChange(cluster, resource, node, entry)) {
    cluster.scoreLines.push({
      kind: "notice",
      text: `Only 'private' parameters to ${intervalText(intervalMs)}-interval ${operation} for ${resource.id} on ${node.name} changed: ${entry.transitionMagic ?? ""}`,
    });
    return false;
  }
  switch (comparison) {
    case "match":
      return false;
    case "restart":
      forceRestart(cluster, resource, node, entry);
      return true;
    case "mismatch":
    case "unknown":
      break;
  }
  if (isRecurring) {
    reschedule(cluster, resource, node, entry);
  } else if (restartDigestOf(cluster, entry) !== null) {
    triggerUnfencing(cluster, {
      resource,
      node,
      reason: { kind: "Device parameters changed (reload)" },
    });
    scheduleReload(cluster, resource, node);
  } else {
    forceRestart(cluster, resource, node, entry);
  }
  return true;
}

/** The action gets its node from a later request. */
function forceRestart(cluster: Cluster, resource: Resource, node: ClusterNode, entry: HistoryEntry): void {
  const task = entry.intervalMs === 0 ? "start" : entry.operation;
  const action = requestAction(cluster, {
    resource,
    key: actionKey(resource.id, task, entry.intervalMs),
    task,
    node: null,
    isOptional: false,
  });
  action.reason = { kind: "resource definition change" };
  triggerUnfencing(cluster, { resource, node, reason: { kind: "Device parameters changed" } });
}

function reschedule(cluster: Cluster, resource: Resource, node: ClusterNode, entry: HistoryEntry): void {
  triggerUnfencing(cluster, {
    resource,
    node,
    reason: { kind: "Device parameters changed (reschedule)" },
  });
  const action = requestAction(cluster, {
    resource,
    key: actionKey(resource.id, entry.operation, entry.intervalMs),
    task: entry.operation,
    node,
    isOptional: true,
  });
  action.flags |= ActionFlag.Reschedule;
}

export const RELOAD = "reload-agent";

/** Whether the resource is to be reloaded somewhere; known before what is done about resources is scheduled. */
export function isReloaded(resource: Resource): boolean {
  return resource.actionTable.once(RELOAD) !== null;
}

function scheduleReload(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  if (!hasFlags(resource, ResourceFlag.Managed) || hasFlags(resource, ResourceFlag.Failed)) return;
  if (hasFlags(resource, ResourceFlag.StartPending)) {
    requestResourceAction(cluster, resource, "stop", { node, isOptional: false });
    return;
  }
  resource.flags |= ResourceFlag.Reload;
  const reload = requestResourceAction(cluster, resource, RELOAD, { node, isOptional: false });
  reload.reason ??= { kind: "resource definition change" };
  for (const task of ["stop", "demote"]) {
    addOrdering(cluster, {
      first: sideOfAction(reload),
      then: sideOf(resource, task),
      kinds: RelationKind.Ordered | RelationKind.ThenCancelsFirst,
    });
  }
}

/** Source: part 3, 12.2b. */
export function cancelFromHistory(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry,
): void {
  const cancel = cancelAction(cluster, resource, {
    task: entry.operation,
    intervalMs: entry.intervalMs,
    node,
  });
  setMeta(cancel, "call-id", entry.xml.get("call-id") ?? "");
  addOrdering(cluster, {
    first: sideOf(resource, "stop"),
    then: sideOfAction(cancel),
    kinds: RelationKind.Ordered,
  });
}

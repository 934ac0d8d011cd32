import { type Action, ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { actionKey } from "./action-key.ts";
import { setMeta } from "./action-meta.ts";
import { requestAction } from "./request-action.ts";

/**
 * Cancels a recurring operation. The action that stands for the running operation is converted and keeps its number
 * and what its operation says. Source: part 3, 16.5.
 */
export function cancelAction(
  cluster: Cluster,
  resource: Resource,
  operation: { readonly task: string; readonly intervalMs: number; readonly node: ClusterNode },
): Action {
  const { task, intervalMs, node } = operation;
  const action = requestAction(cluster, {
    resource,
    key: actionKey(resource.id, task, intervalMs),
    task: "cancel",
    node,
    isOptional: false,
  });
  action.flags &= ~ActionFlag.Optional;
  action.task = "cancel";
  action.cancelTask = task;
  setMeta(action, "operation", task);
  setMeta(action, "interval", String(intervalMs));
  return action;
}

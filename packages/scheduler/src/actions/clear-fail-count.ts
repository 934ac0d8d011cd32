import type { Action } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { setMeta } from "./action-meta.ts";
import { requestResourceAction } from "./request-action.ts";

/** Lets the resource's failures on the node be forgotten. Source: part 3, 13.3. */
export function clearFailCount(cluster: Cluster, resource: Resource, node: ClusterNode): Action {
  const action = requestResourceAction(cluster, resource, "clear_failcount", {
    node,
    isOptional: false,
  });
  setMeta(action, "op_no_wait", "true");
  return action;
}

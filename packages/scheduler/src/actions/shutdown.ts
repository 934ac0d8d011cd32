import { type Action, ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";
import { addOrdering, sideOfAction } from "../orderings/add-ordering.ts";
import { setMeta } from "./action-meta.ts";
import { requestAction } from "./request-action.ts";

/** Shuts the cluster software on a node down, after everything there has stopped. Source: part 3, 22. */
export function shutdownAction(cluster: Cluster, node: ClusterNode, stopsOfNode: readonly Action[]): Action {
  const shutdown = requestAction(cluster, {
    resource: null,
    key: `do_shutdown-${node.name}`,
    task: "do_shutdown",
    node,
    isOptional: false,
  });
  setMeta(shutdown, "op_no_wait", "true");
  for (let i = stopsOfNode.length - 1; i >= 0; i--) {
    const stop = stopsOfNode[i] as Action;
    if (!mustStopFirst(stop, node)) continue;
    stop.flags &= ~ActionFlag.Optional;
    addOrdering(cluster, {
      first: sideOfAction(stop),
      then: sideOfAction(shutdown),
      kinds: RelationKind.Ordered | RelationKind.UnrunnableFirstBlocks,
    });
  }
  return shutdown;
}

/** Not for what is left alone: in maintenance, or unmanaged without being blocked. */
function mustStopFirst(stop: Action, node: ClusterNode): boolean {
  const resource = stop.resource;
  if (resource === null) return false;
  if (hasFlags(resource, ResourceFlag.Maintenance) || (node.flags & NodeFlag.Maintenance) !== 0) {
    return false;
  }
  return (resource.flags & (ResourceFlag.Managed | ResourceFlag.Blocked)) !== 0;
}

import { requestClusterPseudoAction } from "../actions/request-action.ts";
import { type Action, ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { compareNodeNames } from "../model/node-order.ts";
import { RelationKind } from "../model/ordering.ts";
import type { Resource } from "../model/resource.ts";
import { addOrdering, sideOf, sideOfAction } from "./add-ordering.ts";

/**
 * On each node, what consumes its capacity and leaves does so before something else that consumes it arrives:
 * stops come before the node's barrier `load_stopped_NODE`, starts and migrations after it. Source: part 3, 11.
 */
export function orderAroundBarriers(cluster: Cluster, resource: Resource): void {
  const kinds = RelationKind.IfOnSameNodeOrTarget;
  for (const node of resource.activeNodes) {
    addOrdering(cluster, {
      first: sideOf(resource, "stop"),
      then: sideOfAction(barrierOf(cluster, node)),
      kinds,
    });
  }
  const allowed = [...resource.allowedNodes.nodes].sort((a, b) => compareNodeNames(a.name, b.name));
  for (const node of allowed) {
    const first = sideOfAction(barrierOf(cluster, node));
    addOrdering(cluster, { first, then: sideOf(resource, "start"), kinds });
    addOrdering(cluster, { first, then: sideOf(resource, "migrate_to"), kinds });
  }
}

function barrierOf(cluster: Cluster, node: ClusterNode): Action {
  const barrier = requestClusterPseudoAction(cluster, `load_stopped_${node.name}`);
  if (barrier.node === null) {
    barrier.node = node;
    barrier.flags &= ~ActionFlag.Optional;
  }
  return barrier;
}

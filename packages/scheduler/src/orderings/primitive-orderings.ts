import { unfencingAction } from "../actions/unfencing.ts";
import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { compareNodeNames } from "../model/node-order.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addOrdering, orderTasks, sideOf, sideOfAction } from "./add-ordering.ts";
import { orderAroundBarriers } from "./utilization-barriers.ts";

/** Source: part 3, 10.1. */
export function orderInsidePrimitive(cluster: Cluster, resource: Resource): void {
  if (!hasFlags(resource, ResourceFlag.Managed)) return;
  orderTasks(
    cluster,
    [resource, "stop"],
    [resource, "start"],
    RelationKind.Ordered | RelationKind.FirstImpliesThen | RelationKind.IntermediateStop,
  );
  if (hasFlags(topOf(resource), ResourceFlag.Promotable) || resource.role > Role.Unpromoted) {
    const kinds = RelationKind.PromotedThenImpliesFirst;
    orderTasks(cluster, [resource, "demote"], [resource, "stop"], kinds);
    orderTasks(cluster, [resource, "start"], [resource, "promote"], RelationKind.UnrunnableFirstBlocks);
  }
  orderTasks(
    cluster,
    [resource, "lrm_delete"],
    [resource, "monitor"],
    RelationKind.IfOnSameNode | RelationKind.ThenCancelsFirst,
  );
  if (
    cluster.options.usesUnfencing &&
    hasFlags(resource, ResourceFlag.NeedsUnfencing) &&
    !hasFlags(resource, ResourceFlag.FenceDevice)
  ) {
    orderAroundUnfencing(cluster, resource);
  }
  if (resource.utilization.size > 0 && cluster.options.placementStrategy !== "default") {
    orderAroundBarriers(cluster, resource);
  }
  if (resource.launcher !== null) orderWithLauncher(cluster, resource, resource.launcher);
}

function orderAroundUnfencing(cluster: Cluster, resource: Resource): void {
  const allowed = [...resource.allowedNodes.nodes].sort((a, b) => compareNodeNames(a.name, b.name));
  for (const node of allowed) {
    const unfencing = unfencingAction(cluster, node);
    addOrdering(cluster, {
      first: sideOf(resource, "stop"),
      then: sideOfAction(unfencing),
      kinds: RelationKind.Ordered | RelationKind.IfOnSameNode,
    });
    addOrdering(cluster, {
      first: sideOfAction(unfencing),
      then: sideOf(resource, "start"),
      kinds: RelationKind.FirstImpliesSameNodeThen | RelationKind.IfOnSameNode,
    });
  }
}

/** What runs in a container or virtual machine is there only while that runs. */
function orderWithLauncher(cluster: Cluster, resource: Resource, launcher: Resource): void {
  if (hasFlags(resource, ResourceFlag.RemoteConnection)) {
    orderTasks(cluster, [launcher, "monitor"], [resource, "stop"], RelationKind.Ordered);
  } else if (
    hasFlags(launcher, ResourceFlag.RemoteConnection) ||
    launcher.launched.some((launched) => hasFlags(launched, ResourceFlag.RemoteConnection))
  ) {
    // It runs on the guest node itself, so what holds for every resource on that node is enough.
    return;
  }
  orderTasks(
    cluster,
    [launcher, "start"],
    [resource, "start"],
    RelationKind.FirstImpliesThen | RelationKind.UnrunnableFirstBlocks,
  );
  orderTasks(cluster, [resource, "stop"], [launcher, "stop"], RelationKind.ThenImpliesFirst);
}

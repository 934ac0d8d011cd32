import type { Cluster } from "../model/cluster.ts";
import { failCount } from "../model/fail-counts.ts";
import { NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";
import { addOrdering, sideOf, sideOfAction } from "../orderings/add-ordering.ts";
import { clearFailCount } from "./clear-fail-count.ts";

/** Source: part 3, 13.2. */
export function clearFailCountsOfRemoved(cluster: Cluster): void {
  if (!cluster.options.stopsRemovedResources) return;
  for (const resource of cluster.resources) {
    if (!hasFlags(resource, ResourceFlag.Removed)) continue;
    for (const node of cluster.nodes) {
      if ((node.flags & NodeFlag.Online) === 0) continue;
      const { count } = failCount(cluster, resource, node, { isEffective: true });
      if (count === 0) continue;
      addOrdering(cluster, {
        first: sideOfAction(clearFailCount(cluster, resource, node)),
        then: sideOf(resource, "stop"),
        kinds: RelationKind.Ordered,
      });
    }
  }
}

import { checkpoint } from "../model/checkpoint.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { assign } from "./assign-resource.ts";
import { resetCapacities } from "./utilization/capacity.ts";
import { recordCapacities } from "./utilization/score-lines.ts";
import { sortResources } from "./utilization/sort-resources.ts";

/**
 * Decides node and role of every resource; connections go first, since they decide which remote nodes are there.
 * Source: scheduler specification, part 2, 2.2.
 */
export function assignResources(cluster: Cluster): void {
  resetCapacities(cluster.nodes);
  sortResources(cluster);
  recordCapacities(cluster, "original");
  if (cluster.nodes.some((node) => node.kind === "remote")) {
    for (const resource of cluster.resources) {
      if (!isConnection(resource)) continue;
      assign(cluster, resource, { preferred: resource.partialMigrationTarget, stopsIfFailed: true });
    }
  }
  for (const resource of cluster.resources) {
    checkpoint(cluster);
    if (isConnection(resource) && !hasFlags(resource, ResourceFlag.Unassigned)) continue;
    assign(cluster, resource, { preferred: null, stopsIfFailed: true });
  }
  recordCapacities(cluster, "remaining");
}

function isConnection(resource: Resource): boolean {
  return hasFlags(resource, ResourceFlag.RemoteConnection);
}

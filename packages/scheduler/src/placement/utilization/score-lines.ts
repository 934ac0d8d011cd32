import type { Cluster } from "../../model/cluster.ts";
import { type ClusterNode, isBundleNode } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import { capacityAmounts, utilizationAmounts } from "./capacity.ts";

/** Reports what every node but bundle nodes has to give. Source: part 2, 21.4. */
export function recordCapacities(cluster: Cluster, moment: "original" | "remaining"): void {
  for (const node of cluster.nodes) {
    if (isBundleNode(node)) continue;
    cluster.scoreLines.push({ kind: "capacity", moment, node: node.name, amounts: capacityAmounts(node) });
  }
}

/** Reports what an assignment takes from a node. Source: part 2, 21.4. */
export function recordUtilization(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  cluster.scoreLines.push({
    kind: "utilization",
    resource: resource.id,
    node: node.name,
    amounts: utilizationAmounts(resource),
  });
}

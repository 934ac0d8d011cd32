import type { Cluster } from "../../model/cluster.ts";
import { isBundleNode } from "../../model/node.ts";
import { capacityAmounts } from "./capacity.ts";

/** Reports what every node but bundle nodes has to give. Source: part 2, 21.4. */
export function recordCapacities(cluster: Cluster, moment: "original" | "remaining"): void {
  for (const node of cluster.nodes) {
    if (isBundleNode(node)) continue;
    cluster.scoreLines.push({ kind: "capacity", moment, node: node.name, amounts: capacityAmounts(node) });
  }
}

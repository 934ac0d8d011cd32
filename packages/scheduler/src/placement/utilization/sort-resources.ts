import { INFINITY } from "@quorate/cib";
import { currentNode } from "../../model/activity.ts";
import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import { mergeSort } from "../../model/merge-sort.ts";
import type { ClusterNode } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import { addColocatedScores } from "../colocation/colocated-scores.ts";
import { sortNodes } from "../node-comparison.ts";

/**
 * Sorts the top-level resources for assignment, unless the placement strategy is `default`: by priority, then by how
 * much they want to stay, then by their scores on the best nodes. Source: part 2, 19.7.
 */
export function sortResources(cluster: Cluster): void {
  if (cluster.options.placementStrategy === "default") return;
  const nodes = sortNodes(cluster, cluster.nodes);
  const tables = new Map<Resource, AllowedNodes>();
  const tableOf = (resource: Resource): AllowedNodes => {
    let table: AllowedNodes | null | undefined = tables.get(resource);
    if (table === undefined) {
      table = addColocatedScores(cluster, {
        source: resource,
        target: resource,
        table: null,
        colocation: null,
        factor: 1,
        isActive: false,
        isNonNegative: false,
        followsThisWith: true,
      });
      tables.set(resource, table ?? resource.allowedNodes);
    }
    return table ?? resource.allowedNodes;
  };
  const sorted = mergeSort(cluster.resources, (a, b) => {
    if (a.priority !== b.priority) return b.priority - a.priority;
    const tableA = tableOf(a);
    const tableB = tableOf(b);
    const stay = scoreAt(tableB, currentNode(b)) - scoreAt(tableA, currentNode(a));
    if (stay !== 0) return stay;
    for (const node of nodes) {
      const difference = scoreAt(tableB, node) - scoreAt(tableA, node);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  cluster.resources.splice(0, cluster.resources.length, ...sorted);
}

function scoreAt(table: AllowedNodes, node: ClusterNode | null): number {
  return node !== null && table.has(node) ? table.score(node) : -INFINITY;
}

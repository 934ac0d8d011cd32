import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";

/**
 * Records the tables of a resource and of all its descendants as they are now; removed ones are left out. Nothing, if nobody asks for them.
 * Source: scheduler specification, part 2, 21.2.
 */
export function recordScores(
  cluster: Cluster,
  resource: Resource,
  stage: "primitive" | "group" | "clone" | "bundle",
): void {
  if (!cluster.recordsScores || hasFlags(resource, ResourceFlag.Removed)) return;
  const allowed = resource.allowedNodes;
  for (const node of cluster.nodes) {
    if (!allowed.has(node)) continue;
    const score = allowed.score(node);
    cluster.scoreLines.push({ kind: "assignment", stage, resource: resource.id, node: node.name, score });
  }
  for (const child of resource.children) recordScores(cluster, child, stage);
}

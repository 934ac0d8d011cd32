import type { Cluster } from "../../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { addScore } from "../../model/scores.ts";

/** Lets primitives that run prefer to stay. Source: scheduler specification, part 2, 8.4. */
export function applyStickiness(cluster: Cluster): void {
  for (const resource of cluster.resources) stickTree(cluster, resource);
}

function stickTree(cluster: Cluster, resource: Resource): void {
  if (resource.primitive === null) {
    for (const child of resource.children) stickTree(cluster, child);
    return;
  }
  const node = resource.activeNodes[0];
  if (node === undefined || resource.activeNodes.length !== 1) return;
  if (resource.stickiness < 1 || !hasFlags(resource, ResourceFlag.Managed)) return;
  if (!cluster.options.isSymmetric && !resource.allowedNodes.has(node)) return;
  addScore(resource, node, resource.stickiness, { kind: "stickiness" });
}

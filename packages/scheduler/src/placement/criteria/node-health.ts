import { addScores, isTrue, parseScore } from "@quorate/cib";
import type { Cluster } from "../../model/cluster.ts";
import { createLocation } from "../../model/location.ts";
import type { ClusterNode } from "../../model/node.ts";
import { addLocation } from "../constraints/read-location.ts";

/** Turns node health into location constraints. Source: scheduler specification, part 2, 8.1. */
export function applyNodeHealth(cluster: Cluster): void {
  const strategy = cluster.options.healthStrategy;
  if (strategy === "none") return;
  for (const node of cluster.nodes) {
    const score = healthOf(cluster, node);
    if (score === 0) continue;
    for (const resource of cluster.resources) {
      if (score < 0 && isTrue(resource.meta.get("allow-unhealthy-nodes") ?? null)) continue;
      addLocation(cluster, createLocation({ id: strategy, resource, nodes: [{ node, score }] }));
    }
  }
}

function healthOf(cluster: Cluster, node: ClusterNode): number {
  const { healthStrategy, healthBase, healthScores } = cluster.options;
  let health = healthStrategy === "progressive" ? healthBase : 0;
  for (const [name, value] of node.attributes) {
    if (!name.startsWith("#health")) continue;
    const parsed = parseScore(value, healthScores);
    if (parsed.isValid) health = addScores(health, parsed.score);
  }
  return health;
}

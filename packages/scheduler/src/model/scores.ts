import { addScores, INFINITY } from "@quorate/cib";
import type { Cluster } from "./cluster.ts";
import { type ClusterNode, ProbeMode } from "./node.ts";
import { hasFlags, type Resource, ResourceFlag } from "./resource.ts";
import type { ScoreCause } from "./score-cause.ts";

/**
 * Adds a score to a resource on a node: to its children first, then to itself. A node without entry gets one with
 * its current base score. Source: part 1, 6.11; part 2, 1.5.1.
 */
export function addScore(resource: Resource, node: ClusterNode, score: number, cause: ScoreCause): void {
  for (const child of resource.children) addScore(child, node, score, cause);
  const allowed = resource.allowedNodes;
  if (!allowed.has(node)) allowed.insert(node, node.baseScore, { kind: "node-score" });
  allowed.setScore(node, addScores(allowed.score(node), score), cause);
}

/** Adds a score on every node of the node list, in its order. Source: part 2, 1.5.3. */
export function addScoreToAll(cluster: Cluster, resource: Resource, score: number, cause: ScoreCause): void {
  for (const node of cluster.nodes) addScore(resource, node, score, cause);
  if (score <= -INFINITY) resource.assignedNode = null;
}

/**
 * Gives a resource and its children the nodes that they may use by default. Bundle nodes and resources that run
 * only where they are explicitly enabled are left out. Source: part 1, 6.11; part 2, 1.5.2.
 */
export function addDefaultNodes(cluster: Cluster, resource: Resource): void {
  if (hasFlags(resource, ResourceFlag.ExclusiveProbes)) return;
  for (const child of resource.children) addDefaultNodes(cluster, child);
  const allowed = resource.allowedNodes;
  // Adding 0 to an entry changes nothing, so only nodes that came later are of interest.
  if (allowed.defaultNodeCount === cluster.nodes.length) return;
  for (const node of cluster.nodes) {
    if (node.probeMode !== ProbeMode.Never && !allowed.has(node)) {
      allowed.insert(node, node.baseScore, { kind: "node-score" });
    }
  }
  allowed.defaultNodeCount = cluster.nodes.length;
}

/** Replaces the table of one resource by one that bans every node. Source: part 1, 12.6 step 4g and 16.3. */
export function banEverywhere(cluster: Cluster, resource: Resource, cause: ScoreCause): void {
  resource.allowedNodes.clear();
  for (const node of cluster.nodes) resource.allowedNodes.insert(node, -INFINITY, cause);
}

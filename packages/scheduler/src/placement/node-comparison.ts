import { INFINITY } from "@quorate/cib";
import type { AllowedNodes } from "../model/allowed-nodes.ts";
import type { Cluster } from "../model/cluster.ts";
import { mergeSort } from "../model/merge-sort.ts";
import { type ClusterNode, isAvailable, isGuestNode } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { compareCapacity } from "./utilization/capacity.ts";
import { ascendingSlots } from "./utilization/hash-order.ts";

/** Available, and not banned by the table. The node must have an entry. Source: scheduler specification, part 2, 10.1. */
export function isAvailableFor(allowed: AllowedNodes, node: ClusterNode): boolean {
  return allowed.score(node) >= 0 && isAvailable(node);
}

/** Whether some node of the table is available with its score. Source: part 2, 10.3. */
export function hasAvailableNode(allowed: AllowedNodes): boolean {
  for (const node of allowed.nodes) if (isAvailableFor(allowed, node)) return true;
  return false;
}

/** Available, and if it is a guest, its launcher will run somewhere. Source: part 2, 10.1. */
export function isAvailableWithGuest(node: ClusterNode): boolean {
  if (!isAvailable(node)) return false;
  return !isGuestNode(node) || (node.connection?.launcher?.assignedNode ?? null) !== null;
}

/**
 * The nodes of a resource's table, best first. Of equal scores, the less used node wins, then `preferred`, then the
 * name. Source: part 2, 10.2.
 */
export function sortedAllowedNodes(
  cluster: Cluster,
  resource: Resource,
  preferred: ClusterNode | null = null,
): ClusterNode[] {
  const allowed = resource.allowedNodes;
  const compare = comparisonIn(cluster, allowed, preferred);
  if (cluster.options.placementStrategy !== "balanced") return allowed.nodes.slice().sort(compare);
  // Balanced comparison is no order, so the order before shows in the result (part 2, 10.2.1).
  return mergeSort(ascendingSlots(allowed.nodes).reverse(), compare);
}

/** The first of `sortedAllowedNodes`; null without any. */
export function bestAllowedNode(
  cluster: Cluster,
  resource: Resource,
  preferred: ClusterNode | null,
): ClusterNode | null {
  if (cluster.options.placementStrategy === "balanced")
    return sortedAllowedNodes(cluster, resource, preferred)[0] ?? null;
  const compare = comparisonIn(cluster, resource.allowedNodes, preferred);
  let best: ClusterNode | null = null;
  for (const node of resource.allowedNodes.nodes) if (best === null || compare(node, best) < 0) best = node;
  return best;
}

function comparisonIn(
  cluster: Cluster,
  allowed: AllowedNodes,
  preferred: ClusterNode | null,
): (a: ClusterNode, b: ClusterNode) => number {
  return (a, b) => compareNodes(cluster, a, allowed.score(a), b, allowed.score(b), preferred);
}

/** The given nodes by their own base scores, best first. Source: part 2, 19.7. */
export function sortNodes(cluster: Cluster, nodes: readonly ClusterNode[]): ClusterNode[] {
  return mergeSort(nodes, (a, b) => compareNodes(cluster, a, a.baseScore, b, b.baseScore, null));
}

/** Negative: `a` is better. Called for every pair of nodes of every resource, so without records. Source: part 2, 10.2. */
function compareNodes(
  cluster: Cluster,
  a: ClusterNode,
  givenScoreA: number,
  b: ClusterNode,
  givenScoreB: number,
  preferred: ClusterNode | null,
): number {
  if (a === b) return 0;
  const scoreA = isAvailable(a) ? givenScoreA : -INFINITY;
  const scoreB = isAvailable(b) ? givenScoreB : -INFINITY;
  if (scoreA !== scoreB) return scoreA > scoreB ? -1 : 1;
  const strategy = cluster.options.placementStrategy;
  if (strategy !== "minimal") {
    if (strategy === "balanced") {
      const points = compareCapacity(a, b);
      if (points !== 0) return points > 0 ? -1 : 1;
    }
    if (a.assignedCount !== b.assignedCount) return a.assignedCount - b.assignedCount;
    if (a === preferred) return -1;
    if (b === preferred) return 1;
  }
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

import { currentNode } from "../../model/activity.ts";
import { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import { mergeSort } from "../../model/merge-sort.ts";
import { type ClusterNode, isAvailable } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { addColocatedScores } from "../colocation/colocated-scores.ts";
import { factorOf, hasInfluence } from "../colocation/influence.ts";
import { thisWithColocations, withThisColocations } from "../colocation-lists.ts";
import { instanceNumberOf } from "./instance-number.ts";

/** The instances in the order in which they are placed. Source: scheduler specification, part 2, 16.3. */
export function sortInstances(
  cluster: Cluster,
  parent: Resource,
  instances: readonly Resource[],
): Resource[] {
  return mergeSort(instances, instanceComparator(cluster, parent));
}

/**
 * Compares two instances; negative: the first is placed earlier. Not an order, so use it with the sort of the
 * specification. Keeps colocation scores: make a new one for each sort. Source: part 2, 16.3.
 */
export function instanceComparator(cluster: Cluster, parent: Resource): (a: Resource, b: Resource) => number {
  const scores = new Map<Resource, number>();
  const scoreOf = (instance: Resource, node: ClusterNode): number => {
    let score = scores.get(instance);
    if (score === undefined) {
      score = colocationScore(cluster, instance, node);
      scores.set(instance, score);
    }
    return score;
  };
  return (a, b) => compareInstances(parent, a, b, scoreOf);
}

function compareInstances(
  parent: Resource,
  a: Resource,
  b: Resource,
  scoreOf: (instance: Resource, node: ClusterNode) => number,
): number {
  const countA = a.activeNodes.length;
  const countB = b.activeNodes.length;
  if (countA > 0 && countB > 0 && countA !== countB) return countA - countB;
  const currentA = currentNode(a);
  const currentB = currentNode(b);
  const isFineA = currentA === null || isAllowed(a, currentA);
  const isFineB = currentB === null || isAllowed(b, currentB);
  if (isFineA !== isFineB) return isFineA ? -1 : 1;
  if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1;
  const nodeA = isFineA ? currentA : null;
  const nodeB = isFineB ? currentB : null;
  if (nodeA === null || nodeB === null) return (nodeA === null ? 1 : 0) - (nodeB === null ? 1 : 0);
  return (
    comparePlaces(parent, nodeA, nodeB) ??
    firstIfNot(isFailed(a), isFailed(b)) ??
    higherFirst(scoreOf(a, nodeA), scoreOf(b, nodeB)) ??
    instanceNumberOf(a) - instanceNumberOf(b)
  );
}

function isAllowed(instance: Resource, node: ClusterNode): boolean {
  return instance.allowedNodes.has(node) && instance.allowedNodes.score(node) >= 0;
}

/** Null when it does not decide. */
function comparePlaces(parent: Resource, a: ClusterNode, b: ClusterNode): number | null {
  const isAvailableA = isAvailable(a);
  if (isAvailableA !== isAvailable(b)) return isAvailableA ? -1 : 1;
  const allowed = parent.allowedNodes;
  const isKnownA = allowed.has(a);
  const isKnownB = allowed.has(b);
  if (!isKnownA && !isKnownB) return 0;
  if (isKnownA !== isKnownB) return isKnownA ? -1 : 1;
  const difference = allowed.count(a) - allowed.count(b);
  return difference === 0 ? null : difference;
}

function firstIfNot(a: boolean, b: boolean): number | null {
  if (a === b) return null;
  return a ? 1 : -1;
}

function higherFirst(a: number, b: number): number | null {
  if (a === b) return null;
  return a > b ? -1 : 1;
}

function isFailed(resource: Resource): boolean {
  return hasFlags(resource, ResourceFlag.Failed) || resource.children.some(isFailed);
}

/** What colocations say about the instance on the node where it is. Source: part 2, 16.3.1. */
function colocationScore(cluster: Cluster, instance: Resource, node: ClusterNode): number {
  let table = new AllowedNodes(cluster.ordinaryNodeCount, { keepsSteps: cluster.isExplaining });
  table.insert(node, node.baseScore, { kind: "node-score" });
  for (const colocation of thisWithColocations(instance)) {
    table = addColocatedScores(cluster, {
      source: colocation.primary,
      target: instance,
      table,
      colocation,
      factor: factorOf(colocation.score),
      isActive: false,
      isNonNegative: false,
      followsThisWith: false,
    });
  }
  for (const colocation of withThisColocations(instance)) {
    if (!hasInfluence(colocation, instance)) continue;
    table = addColocatedScores(cluster, {
      source: colocation.dependent,
      target: instance,
      table,
      colocation,
      factor: factorOf(colocation.score),
      isActive: false,
      isNonNegative: true,
      followsThisWith: false,
    });
  }
  return table.score(node);
}

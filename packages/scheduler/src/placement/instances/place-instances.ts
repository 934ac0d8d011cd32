import { INFINITY } from "@quorate/cib";
import { currentNode } from "../../model/activity.ts";
import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import { type ClusterNode, isAvailable } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import type { PlainCause, ScoreCause } from "../../model/score-cause.ts";
import { addScoreToAll } from "../../model/scores.ts";
import { unassign } from "../assign-node.ts";
import { assign } from "../assign-resource.ts";
import { isAvailableFor } from "../node-comparison.ts";

export interface InstanceLimits {
  readonly total: number;
  readonly perNode: number;
}

/** The instances of a clone, or the containers of a bundle, while they are being placed. */
interface Placing {
  readonly cluster: Cluster;
  readonly parent: Resource;
  readonly limits: InstanceLimits;
  /** How many instances a node gets when they are spread evenly. */
  readonly optimalPerNode: number;
  assignedCount: number;
}

/**
 * Places sorted instances: first those that can stay where they are, then the others. What is over the limit is placed
 * nowhere. Source: scheduler specification, part 2, 16.4.
 */
export function placeInstances(
  cluster: Cluster,
  parent: Resource,
  instances: readonly Resource[],
  limits: InstanceLimits,
): void {
  const optimalPerNode = prepareCounts(parent, limits.total);
  const placing: Placing = { cluster, parent, limits, optimalPerNode, assignedCount: 0 };
  for (const instance of instances) {
    if (placing.assignedCount >= limits.total) break;
    if (!hasFlags(instance, ResourceFlag.Unassigned)) continue;
    const node = nodeToStayOn(placing, instance);
    if (node !== null && placeWhereItIs(placing, instance, node)) placing.assignedCount++;
  }
  for (const instance of instances) {
    if (!hasFlags(instance, ResourceFlag.Unassigned)) continue;
    if (placing.assignedCount >= limits.total) banOverLimit(cluster, instance);
    else if (placeInstance(placing, instance, null) !== null) placing.assignedCount++;
  }
}

function banOverLimit(cluster: Cluster, instance: Resource): void {
  addScoreToAll(cluster, instance, -INFINITY, { kind: "instance-limit" });
  cluster.explanations.push({
    kind: "assignment",
    resource: instance.id,
    node: null,
    score: -INFINITY,
    cause: "instance-limit",
    ties: [],
  });
}

function prepareCounts(parent: Resource, total: number): number {
  const allowed = parent.allowedNodes;
  let availableCount = 0;
  for (const node of allowed.nodes) {
    allowed.setCount(node, 0);
    if (isAvailable(node)) availableCount++;
  }
  return availableCount === 0 ? 1 : Math.max(1, Math.floor(total / availableCount));
}

/** Source: part 2, 16.4.2. */
function nodeToStayOn(placing: Placing, instance: Resource): ClusterNode | null {
  if (instance.activeNodes.length === 0 || hasFlags(instance, ResourceFlag.Failed)) return null;
  const node = currentNode(instance);
  if (node === null || !isAvailable(node) || node.baseScore < 0) return null;
  const allowed = placing.parent.allowedNodes;
  return allowed.has(node) && allowed.count(node) >= placing.optimalPerNode ? null : node;
}

/**
 * Tries to leave an instance where it is. If it prefers other nodes, those may be wanted more by others: each time it
 * chooses another one, a place there is reserved and it tries again. Source: part 2, 16.5.
 */
function placeWhereItIs(placing: Placing, instance: Resource, current: ClusterNode): boolean {
  const { cluster, parent, limits } = placing;
  if (!instance.allowedNodes.has(current) || !isAvailableFor(instance.allowedNodes, current)) return false;
  const saved = saveTables(instance);
  const parentTable = parent.allowedNodes;
  parent.allowedNodes = parentTable.copy();
  const reservable = limits.total - placing.assignedCount;
  let isPlaced = false;
  for (let reserved = 0; reserved < reservable; reserved++) {
    const chosen = placeInstance(placing, instance, current);
    if (chosen === current) {
      isPlaced = true;
      break;
    }
    restoreTables(saved);
    if (chosen === null) {
      instance.flags |= ResourceFlag.Unassigned;
      break;
    }
    unassign(cluster, instance);
  }
  parent.allowedNodes = parentTable;
  if (isPlaced) countOn(parent, current);
  return isPlaced;
}

/** Source: part 2, 16.6. */
function placeInstance(
  placing: Placing,
  instance: Resource,
  preferred: ClusterNode | null,
): ClusterNode | null {
  const { cluster, parent, limits } = placing;
  if (hasFlags(instance, ResourceFlag.Assigning)) return null;
  for (const node of instance.allowedNodes.nodes) {
    const obstacle = obstacleTo(instance, parent.allowedNodes, node, limits.perNode);
    if (obstacle !== null) banTree(instance, node, { kind: obstacle });
  }
  const chosen = assign(cluster, instance, { preferred, stopsIfFailed: preferred === null });
  if (chosen !== null) countOn(parent, chosen);
  return chosen;
}

/** Why the instance cannot be placed on a node that it knows; null when it can. `places` is the collective's table. */
function obstacleTo(
  instance: Resource,
  places: AllowedNodes,
  node: ClusterNode,
  perNode: number,
): PlainCause | null {
  if (hasFlags(instance, ResourceFlag.Removed)) return "removed";
  if (!isAvailable(node)) return "node-unavailable";
  if (!places.has(node) || !isAvailableFor(places, node)) return "collective-banned";
  return places.count(node) < perNode ? null : "instance-limit";
}

function banTree(resource: Resource, node: ClusterNode, cause: ScoreCause): void {
  if (resource.allowedNodes.has(node)) resource.allowedNodes.setScore(node, -INFINITY, cause);
  for (const child of resource.children) {
    if (child.allowedNodes.has(node)) child.allowedNodes.setScore(node, -INFINITY, cause);
  }
}

/** Source: part 2, 16.7. */
function countOn(parent: Resource, node: ClusterNode): void {
  const allowed = parent.allowedNodes;
  if (allowed.has(node)) allowed.setCount(node, allowed.count(node) + 1);
}

type SavedTables = readonly (readonly [resource: Resource, table: AllowedNodes])[];

function saveTables(resource: Resource): SavedTables {
  const saved: (readonly [Resource, AllowedNodes])[] = [];
  const visit = (part: Resource) => {
    saved.push([part, part.allowedNodes.copy()]);
    for (const child of part.children) visit(child);
  };
  visit(resource);
  return saved;
}

function restoreTables(saved: SavedTables): void {
  for (const [resource, table] of saved) resource.allowedNodes = table.copy();
}

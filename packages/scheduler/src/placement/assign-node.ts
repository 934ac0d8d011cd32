import { ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isAvailable, isGuestNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { restoreUtilization, subtractUtilization } from "./utilization/capacity.ts";
import { recordUtilization } from "./utilization/score-lines.ts";

export interface AssignOptions {
  /** The node is taken whatever its score and state. */
  readonly isForced: boolean;
  /** Without a node, the resource is to be stopped; otherwise nothing happens to it. */
  readonly stopsIfFailed: boolean;
}

/**
 * Decides the node of a primitive, or of every primitive below a collective; null: nowhere. A node that is not good
 * enough counts as none. Source: scheduler specification, part 2, 10.4.
 */
export function assignResource(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode | null,
  options: AssignOptions,
): void {
  if (resource.children.length > 0) {
    for (const child of resource.children) assignResource(cluster, child, node, options);
    return;
  }
  let chosen = node;
  if (chosen !== null && !options.isForced) {
    const isBanned = scoreOn(resource, chosen) < 0;
    if (isBanned || (!isAvailable(chosen) && !isGuestNode(chosen))) {
      chosen = null;
      if (options.stopsIfFailed) resource.nextRole = Role.Stopped;
    }
  }
  unassign(cluster, resource);
  resource.flags &= ~ResourceFlag.Unassigned;
  if (chosen !== null) {
    takeNode(cluster, resource, chosen);
  } else if (options.stopsIfFailed) {
    resource.nextRole = Role.Stopped;
    stopActions(resource);
  }
}

function scoreOn(resource: Resource, node: ClusterNode): number {
  return resource.allowedNodes.has(node) ? resource.allowedNodes.score(node) : node.baseScore;
}

function takeNode(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  resource.assignedNode = node;
  resource.assignedScore = hasFlags(resource, ResourceFlag.Managed)
    ? scoreOn(resource, node)
    : node.baseScore;
  node.assignedCount++;
  subtractUtilization(resource, node);
  recordUtilization(cluster, resource, node);
}

/** Actions that exist already must fit the decision. Source: part 2, 10.4.4. */
function stopActions(resource: Resource): void {
  for (const action of resource.actions) {
    if (action.task === "stop") action.flags &= ~ActionFlag.Optional;
    else if (action.task === "start") action.flags &= ~ActionFlag.Runnable;
    else if (action.intervalMs > 0 && action.meta.get("op_target_rc") !== "7") {
      action.flags &= ~ActionFlag.Runnable;
    }
  }
}

/** Takes a decision back, also those of all descendants. Source: part 2, 10.5. */
export function unassign(cluster: Cluster, resource: Resource): void {
  resource.flags |= ResourceFlag.Unassigned;
  for (const child of resource.children) unassign(cluster, child);
  const node = resource.assignedNode;
  if (node === null) return;
  resource.assignedNode = null;
  node.assignedCount--;
  restoreUtilization(resource, node);
}

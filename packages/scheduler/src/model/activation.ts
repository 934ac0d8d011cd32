import { INFINITY } from "@quorate/cib";
import { isMultiplyActive } from "./activity.ts";
import type { Cluster } from "./cluster.ts";
import { type ClusterNode, hasNodeFlags, isGuestNode, NodeFlag } from "./node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "./resource.ts";
import { Role } from "./role.ts";
import { addScore, banEverywhere } from "./scores.ts";

/**
 * Notes that a resource is active on a node, and so are its ancestors. `isFailed`: what was found there is a
 * failure, which does not count for the node's priority. Source: part 1, 16.1.
 */
export function setActive(cluster: Cluster, resource: Resource, node: ClusterNode, isFailed: boolean): void {
  if (resource.activeNodes.includes(node)) return;
  resource.activeNodes.push(node);
  if (resource.variant === Variant.Primitive) {
    noteInstancePlace(resource, node);
    node.activePrimitives.push(resource);
    if (!isFailed) addNodePriority(resource, node);
    if (hasNodeFlags(node, NodeFlag.Maintenance)) {
      resource.flags &= ~ResourceFlag.Managed;
      resource.flags |= ResourceFlag.Maintenance;
    }
  }
  if (!hasFlags(resource, ResourceFlag.Managed)) {
    addScore(resource, node, INFINITY, { kind: "unmanaged-active" });
    for (let ancestor = resource.parent; ancestor !== null; ancestor = ancestor.parent) {
      ancestor.activeNodes.push(node);
    }
    return;
  }
  if (resource.variant === Variant.Primitive && isMultiplyActive(resource)) {
    applyMultipleActivePolicy(cluster, resource);
  }
  if (resource.parent !== null) setActive(cluster, resource.parent, node, false);
}

/** Notes the action that was still running when the status was written. Source: part 1, 12.8. */
export function setPending(resource: Resource, node: ClusterNode, operation: string): void {
  resource.pendingOperation = operation;
  resource.pendingNode = node;
  noteInstancePlace(resource, node);
}

/** Keeps the index by which the instance of an anonymous clone on a node is found. */
function noteInstancePlace(resource: Resource, node: ClusterNode): void {
  for (let part = resource; part.parent !== null; part = part.parent) {
    const clone = part.parent.clone;
    if (clone === null) continue;
    const instances = clone.instancesByNode.get(node);
    if (instances === undefined) clone.instancesByNode.set(node, [part]);
    else if (!instances.includes(part)) {
      const position = instances.findIndex((other) => other.index > part.index);
      instances.splice(position < 0 ? instances.length : position, 0, part);
    }
    return;
  }
}

/** Source: part 1, 17.3. */
function addNodePriority(resource: Resource, node: ClusterNode): void {
  if (resource.priority === 0) return;
  const amount = resource.role === Role.Promoted ? resource.priority + 1 : resource.priority;
  node.priority += amount;
  const launcher = isGuestNode(node) ? (node.connection?.launcher ?? null) : null;
  if (launcher !== null) for (const host of launcher.activeNodes) host.priority += amount;
}

/** Source: part 1, 16.3. */
function applyMultipleActivePolicy(cluster: Cluster, resource: Resource): void {
  cluster.explanations.push({
    kind: "resource-state",
    resource: resource.id,
    node: null,
    change: "multiply-active",
  });
  switch (resource.multipleActive) {
    case "stop_start":
    case "stop_unexpected":
      return;
    case "stop_only":
      banEverywhere(cluster, resource, { kind: "multiple-active" });
      return;
    case "block": {
      block(resource);
      const parent = resource.parent;
      if (
        parent !== null &&
        parent.multipleActive === "block" &&
        (parent.group !== null || parent.bundle !== null)
      ) {
        for (const sibling of parent.children) block(sibling);
      }
      return;
    }
  }
}

/** No action may be taken for the resource any more. */
export function block(resource: Resource): void {
  resource.flags &= ~ResourceFlag.Managed;
  resource.flags |= ResourceFlag.Blocked;
}

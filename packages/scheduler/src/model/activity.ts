import { type ClusterNode, hasNodeFlags, isClean, NodeFlag } from "./node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "./resource.ts";
import { Role } from "./role.ts";

/** The highest role of the parts of a group or clone; of a primitive its own; of a bundle Unknown. Part 2, 1.2.4. */
export function roleOf(resource: Resource): Role {
  return highestRole(resource, false);
}

export function nextRoleOf(resource: Resource): Role {
  return highestRole(resource, true);
}

function highestRole(resource: Resource, isNext: boolean): Role {
  if (resource.variant === Variant.Primitive) return isNext ? resource.nextRole : resource.role;
  let highest: Role = Role.Unknown;
  if (resource.variant === Variant.Bundle) return highest;
  for (const child of resource.children) {
    const role = highestRole(child, isNext);
    if (role > highest) highest = role;
  }
  return highest;
}

/** How many nodes the resource is active on: all of them, and only the online and clean ones. */
export function activeCounts(resource: Resource): { readonly all: number; readonly clean: number } {
  let clean = 0;
  for (const node of resource.activeNodes) if (isClean(node)) clean++;
  return { all: resource.activeNodes.length, clean };
}

/** Active on several nodes, in the sense that counts for its `requires`. Source: part 1, 16.4. */
export function isMultiplyActive(resource: Resource): boolean {
  const counts = activeCounts(resource);
  return (hasFlags(resource, ResourceFlag.NeedsFencing) ? counts.all : counts.clean) > 1;
}

/** The node that counts as the one where the resource is. Source: part 1, 16.5; part 2, 1.6. */
export function currentNode(resource: Resource): ClusterNode | null {
  if (resource.bundle === null) return chooseCurrent(resource, resource.activeNodes);
  const union: ClusterNode[] = [];
  let activeContainer: Resource | null = null;
  let activeContainerCount = 0;
  for (const replica of resource.bundle.replicas) {
    const nodes = replica.container.activeNodes;
    if (nodes.length === 0) continue;
    activeContainerCount++;
    activeContainer = replica.container;
    for (const node of nodes) if (!union.includes(node)) union.push(node);
  }
  if (activeContainerCount === 1 && activeContainer !== null) return currentNode(activeContainer);
  return chooseCurrent(resource, union);
}

function chooseCurrent(resource: Resource, nodes: readonly ClusterNode[]): ClusterNode | null {
  const first = nodes[0] ?? null;
  if (resource.partialMigrationSource !== null) {
    return nodes.includes(resource.partialMigrationSource) ? resource.partialMigrationSource : first;
  }
  if (hasFlags(resource, ResourceFlag.NeedsFencing)) return first;
  for (const node of nodes) if (isClean(node)) return node;
  return first;
}

/**
 * Whether reports and policies count the resource as active: all parts of it, or at least one.
 * Source: part 1, 16.7; part 4, 4.2.3.
 */
export function isActive(resource: Resource, all: boolean): boolean {
  if (resource.variant === Variant.Primitive) return isPrimitiveActive(resource);
  if (resource.bundle !== null) {
    for (const replica of resource.bundle.replicas) {
      for (const part of [replica.ip, replica.instance, replica.container, replica.connection]) {
        if (part === null) continue;
        if (isActive(part, all) !== all) return !all;
      }
    }
    return all;
  }
  for (const child of resource.children) if (isActive(child, all) !== all) return !all;
  return all;
}

function isPrimitiveActive(resource: Resource): boolean {
  const isManaged = hasFlags(resource, ResourceFlag.Managed);
  for (const node of resource.activeNodes) {
    if (hasNodeFlags(node, NodeFlag.Unclean) || hasNodeFlags(node, NodeFlag.Online) || !isManaged)
      return true;
  }
  return false;
}

/** Which nodes count as the place of a resource: where it is, where it is or is about to be, where it will be. */
export type LocationKind = "current" | "pending" | "assigned";

/** The places of a resource and all its parts, in order, each once. Source: part 1, 16.6. */
export function locationsOf(resource: Resource, kind: LocationKind): ClusterNode[] {
  const nodes: ClusterNode[] = [];
  collectLocations(resource, kind, nodes);
  return nodes;
}

function collectLocations(resource: Resource, kind: LocationKind, into: ClusterNode[]): void {
  if (resource.children.length > 0) {
    for (const child of resource.children) collectLocations(child, kind, into);
    return;
  }
  if (kind === "assigned") {
    if (resource.assignedNode !== null) appendOnce(into, resource.assignedNode);
    return;
  }
  for (const node of resource.activeNodes) appendOnce(into, node);
  if (kind === "pending" && resource.pendingNode !== null) appendOnce(into, resource.pendingNode);
}

function appendOnce(nodes: ClusterNode[], node: ClusterNode): void {
  if (!nodes.includes(node)) nodes.push(node);
}

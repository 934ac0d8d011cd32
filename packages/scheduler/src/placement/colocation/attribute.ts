import { replicaOf, topOf } from "../../model/ancestry.ts";
import { type ClusterNode, isBundleNode } from "../../model/node.ts";
import { nodeAttribute } from "../../model/nodes/attributes.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";

/**
 * The value by which a colocation compares nodes, in lower case; null when the node does not have it.
 * Source: scheduler specification, part 2, 13.5.
 */
export function colocationValue(node: ClusterNode, resource: Resource, attribute: string): string | null {
  const target =
    isBundleNode(node) && isBundledInstance(resource)
      ? "host"
      : (resource.meta.get("container-attribute-target") ?? null);
  const value = nodeAttribute(node, attribute, { target, hostOf: "assigned" });
  return value === null ? null : value.toLowerCase();
}

/**
 * True when values are the nodes' own names, so that nodes can be compared instead, if they have their own name.
 */
export function comparesNodes(resource: Resource, attribute: string): boolean {
  return (
    attribute === "#uname" && !resource.meta.has("container-attribute-target") && !isBundledInstance(resource)
  );
}

/** A remote node that was never seen has no `#uname`, and such nodes are all alike for colocations. */
export function hasOwnName(node: ClusterNode): boolean {
  node.hasOwnName ??= node.attributes.get("#uname") === node.name;
  return node.hasOwnName;
}

function isBundledInstance(resource: Resource): boolean {
  if (resource.parent === null) return false;
  const top = topOf(resource);
  return top.parent !== null && top.clone !== null && top === top.parent.bundle?.clone;
}

/** For a container, roles are those of what runs inside. Source: part 2, 13.1. */
export function roleResourceOf(resource: Resource): Resource {
  if (!hasFlags(resource, ResourceFlag.ReplicaContainer)) return resource;
  return replicaOf(resource)?.instance ?? resource;
}

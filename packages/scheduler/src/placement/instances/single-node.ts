import { locationsOf } from "../../model/activity.ts";
import type { ClusterNode } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";

/** The node that all assigned parts of an instance share; null without any, or when they are apart. */
export function singleAssignedNode(instance: Resource): ClusterNode | null {
  if (instance.children.length === 0) return instance.assignedNode;
  const nodes = locationsOf(instance, "assigned");
  return nodes.length === 1 ? (nodes[0] ?? null) : null;
}

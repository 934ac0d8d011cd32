import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { assign } from "./assign-resource.ts";
import { recordScores } from "./score-lines.ts";

/**
 * Assigns the members of a group in order; the first one decides, and takes the wishes of the others into account
 * through the colocations between members. Returns the node of the group if it is colocated. Source: part 2, 15.2.
 */
export function assignGroup(
  cluster: Cluster,
  group: Resource,
  request: { readonly preferred: ClusterNode | null; readonly stopsIfFailed: boolean },
): ClusterNode | null {
  if (!hasFlags(group, ResourceFlag.Unassigned)) return group.assignedNode;
  if (hasFlags(group, ResourceFlag.Assigning)) return null;
  group.flags |= ResourceFlag.Assigning;
  const [first] = group.children;
  if (first !== undefined) group.role = first.role;
  recordScores(cluster, group, "group");
  let chosen: ClusterNode | null = null;
  for (const member of group.children) {
    const node = assign(cluster, member, request);
    chosen ??= node;
  }
  if (first !== undefined) group.nextRole = first.nextRole;
  group.flags &= ~(ResourceFlag.Assigning | ResourceFlag.Unassigned);
  return group.group?.isColocated === true ? chosen : null;
}

import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { assignClone } from "./assign-clone.ts";
import { assignGroup } from "./assign-group.ts";
import { assignPrimitive } from "./assign-primitive.ts";
import { assignBundle } from "./bundle/assign-bundle.ts";

export interface AssignRequest {
  /** Taken if it is as good as the best. */
  readonly preferred: ClusterNode | null;
  /** False for attempts, which leave no trace when there is no node. */
  readonly stopsIfFailed: boolean;
}

/**
 * Places a resource of any variant, after everything that it is colocated with. Returns the node; null: none, or several.
 * Source: scheduler specification, part 2, 11, 15, 16 and 18.
 */
export function assign(cluster: Cluster, resource: Resource, request: AssignRequest): ClusterNode | null {
  if (cluster.assignDepth > ASSIGN_DEPTH_MAX) return refuse(cluster, resource);
  cluster.assignDepth++;
  const node = assignByVariant(cluster, resource, request);
  cluster.assignDepth--;
  return node;
}

/** Calls within calls that the machine's stack holds safely. */
const ASSIGN_DEPTH_MAX = 800;

/** As if it were part of a loop: the one who asks goes on without it. */
function refuse(cluster: Cluster, resource: Resource): null {
  cluster.diagnostics.push({
    severity: "error",
    code: "colocations-entangled",
    message: `Resource "${resource.id}" is at the end of so long a chain of colocations that not all of them are followed. Use a group, or fewer colocations.`,
    elementId: resource.id,
    line: resource.xml.line,
  });
  return null;
}

function assignByVariant(cluster: Cluster, resource: Resource, request: AssignRequest): ClusterNode | null {
  if (resource.primitive !== null) return assignPrimitive(cluster, resource, request);
  if (resource.group !== null) return assignGroup(cluster, resource, request);
  if (resource.clone !== null) assignClone(cluster, resource, request);
  else assignBundle(cluster, resource, request);
  return null;
}

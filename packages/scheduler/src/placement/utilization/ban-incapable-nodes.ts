import { INFINITY } from "@quorate/cib";
import type { Cluster } from "../../model/cluster.ts";
import { type ClusterNode, isAvailable } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import { addScore } from "../../model/scores.ts";
import { compareCapacity, hasRoom } from "./capacity.ts";
import { colocatedResources } from "./colocated-resources.ts";
import { ascendingSlots } from "./hash-order.ts";
import { ownUtilization, totalUtilization } from "./total-utilization.ts";

/**
 * Bans a primitive from the nodes that have no room for what must run together, or, if no node has, for the
 * primitive alone; then the most capable node is to be preferred. Returns the node to prefer: the given one, or the
 * most capable. Source: part 2, 19.4.
 */
export function banIncapableNodes(
  cluster: Cluster,
  resource: Resource,
  preferred: ClusterNode | null,
): ClusterNode | null {
  if (cluster.options.placementStrategy === "default") return preferred;
  const together = totalUtilization(colocatedResources(resource));
  const usable = usableNodes(resource);
  let isRoomSomewhere = false;
  let mostCapable: ClusterNode | null = null;
  for (const node of usable) {
    if (hasRoom(node, together)) isRoomSomewhere = true;
    if (mostCapable === null || compareCapacity(node, mostCapable) > 0) mostCapable = node;
  }
  const needs = isRoomSomewhere ? together : ownUtilization(resource);
  for (const node of usable) {
    if (!hasRoom(node, needs)) addScore(resource, node, -INFINITY, { kind: "utilization" });
  }
  return isRoomSomewhere ? preferred : (preferred ?? mostCapable);
}

/** Available with a score of at least 0, in the order of the reference's table. */
function usableNodes(resource: Resource): ClusterNode[] {
  const allowed = resource.allowedNodes;
  return ascendingSlots(allowed.nodes).filter((node) => isAvailable(node) && allowed.score(node) >= 0);
}

import { INFINITY } from "@quorate/cib";
import { locationsOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import { type ClusterNode, isBundleNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { assignResource } from "../assign-node.ts";
import { isBlocked } from "../instances/compatible-instance.ts";
import { singleAssignedNode } from "../instances/single-node.ts";
import { sortedAllowedNodes } from "../node-comparison.ts";
import { keepOnly } from "./apply-clone.ts";
import { applyColocation, applyToEach, type ColocationPair } from "./apply-colocation.ts";

/** Applies a colocation whose primary is a bundle. Source: scheduler specification, part 2, 13.8. */
export function applyBundle(cluster: Cluster, pair: ColocationPair): number {
  const { dependent, primary, colocation } = pair;
  const replicas = primary.bundle?.replicas ?? [];
  if (hasFlags(primary, ResourceFlag.Unassigned)) return 0;
  if (colocation.dependent.clone !== null || colocation.dependent.bundle !== null) {
    const container = compatibleContainer(cluster, dependent, primary);
    if (container !== null) return applyColocation(cluster, { dependent, primary: container, colocation });
    if (colocation.score >= INFINITY) {
      assignResource(cluster, dependent, null, { isForced: true, stopsIfFailed: true });
    }
    return 0;
  }
  if (colocation.score < INFINITY) {
    return applyToEach(
      cluster,
      pair,
      replicas.map((replica) => replica.container),
    );
  }
  const hosts = new Set<ClusterNode>();
  for (const { container, instance } of replicas) {
    if (container.assignedNode === null || isBlocked(container)) continue;
    if (colocation.primaryRole === Role.Promoted && instance?.nextRole !== Role.Promoted) continue;
    hosts.add(container.assignedNode);
  }
  keepOnly(pair, hosts);
  return 0;
}

function compatibleContainer(cluster: Cluster, dependent: Resource, bundle: Resource): Resource | null {
  const nodes = locationsOf(dependent, "assigned");
  const candidates = nodes.length > 0 ? nodes.slice(0, 1) : sortedAllowedNodes(cluster, dependent);
  for (const candidate of candidates) {
    const host = hostOf(candidate);
    if (host === null) continue;
    for (const { container } of bundle.bundle?.replicas ?? []) {
      if (singleAssignedNode(container) === host && !isBlocked(container)) return container;
    }
  }
  return null;
}

/** Where a bundle node's container is placed; any other node itself. */
function hostOf(node: ClusterNode): ClusterNode | null {
  return isBundleNode(node) ? (node.connection?.launcher?.assignedNode ?? null) : node;
}

import { INFINITY } from "@quorate/cib";
import { locationsOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import { type ClusterNode, isBundleNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { assignResource } from "../assign-node.ts";
import { instancesOf, isBlocked } from "../instances/compatible-instance.ts";
import { sortedAllowedNodes } from "../node-comparison.ts";
import { applyColocation, applyToEach, type ColocationApplication } from "./apply-colocation.ts";
import { allowOnly } from "./apply-to-clone.ts";

/** Applies a colocation with a bundle. Returns the change of the dependent's priority. Source: part 2, 13.8. */
export function applyToBundlePrimary(cluster: Cluster, application: ColocationApplication): number {
  const { dependent, primary, colocation } = application;
  if (hasFlags(primary, ResourceFlag.Unassigned)) return 0;
  if (colocation.dependent.clone !== null || colocation.dependent.bundle !== null) {
    const container = compatibleContainer(cluster, dependent, primary);
    if (container !== null) return applyColocation(cluster, { ...application, primary: container });
    if (colocation.score >= INFINITY) {
      assignResource(cluster, dependent, null, { isForced: true, stopsIfFailed: true });
    }
    return 0;
  }
  if (colocation.score < INFINITY) return applyToEach(cluster, application, instancesOf(primary));
  allowOnly(dependent, hostsOf(primary, colocation.primaryRole));
  return 0;
}

/** The container on the node where the dependent is, or where it would be best. */
function compatibleContainer(cluster: Cluster, dependent: Resource, bundle: Resource): Resource | null {
  const [place, ...others] = locationsOf(dependent, "assigned");
  const places =
    place !== undefined && others.length === 0 ? [place] : sortedAllowedNodes(cluster, dependent);
  for (const node of places) {
    const host = isBundleNode(node) ? (node.connection?.launcher?.assignedNode ?? null) : node;
    if (host === null) continue;
    for (const container of instancesOf(bundle)) {
      if (!isBlocked(container) && container.assignedNode === host) return container;
    }
  }
  return null;
}

function hostsOf(bundle: Resource, role: Role): ReadonlySet<ClusterNode> {
  const hosts = new Set<ClusterNode>();
  for (const replica of bundle.bundle?.replicas ?? []) {
    const node = replica.container.assignedNode;
    if (node === null || isBlocked(replica.container)) continue;
    if (role === Role.Promoted && replica.instance?.nextRole !== Role.Promoted) continue;
    hosts.add(node);
  }
  return hosts;
}

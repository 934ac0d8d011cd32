import { INFINITY, parseInteger } from "@quorate/cib";
import { requestResourceAction } from "../../actions/request-action.ts";
import type { Cluster } from "../../model/cluster.ts";
import { hasNodeFlags, NodeFlag } from "../../model/node.ts";
import { offerRecheck } from "../../model/recheck.ts";
import { type Resource, ResourceFlag } from "../../model/resource.ts";
import { addScore } from "../../model/scores.ts";

/**
 * Keeps resources of nodes that were shut down cleanly where they are. Clones and bundles are never locked.
 * Source: scheduler specification, part 2, 8.2; part 1, 20.
 */
export function applyShutdownLocks(cluster: Cluster): void {
  if (!cluster.options.locksOnShutdown) return;
  for (const resource of cluster.resources) {
    if (resource.primitive !== null) applyLock(cluster, resource);
    else if (resource.group !== null) for (const member of resource.children) applyLock(cluster, member);
  }
}

function applyLock(cluster: Cluster, resource: Resource): void {
  if ((resource.flags & (ResourceFlag.FenceDevice | ResourceFlag.RemoteConnection)) !== 0) return;
  if (resource.lockNode !== null) {
    if (resource.activeNodes.length > 0) {
      requestResourceAction(cluster, resource, "lrm_delete", { node: resource.lockNode, isOptional: false });
      resource.lockNode = null;
      resource.lockTimeS = 0;
    }
  } else {
    lockToStoppingNode(cluster, resource);
  }
  const lockNode = resource.lockNode;
  if (lockNode === null) return;
  const limitMs = cluster.options.shutdownLockLimitMs;
  if (limitMs > 0) offerRecheck(cluster, resource.lockTimeS + Math.floor(limitMs / 1000) + 1);
  for (const node of cluster.nodes) {
    if (node !== lockNode) addScore(resource, node, -INFINITY, { kind: "shutdown-lock" });
  }
}

function lockToStoppingNode(cluster: Cluster, resource: Resource): void {
  const node = resource.activeNodes[0];
  if (node === undefined || resource.activeNodes.length !== 1) return;
  if (!hasNodeFlags(node, NodeFlag.Shutdown) || hasNodeFlags(node, NodeFlag.Unclean)) return;
  resource.lockNode = node;
  resource.lockTimeS = parseInteger(node.attributes.get("shutdown") ?? "") || cluster.nowS;
}

import { INFINITY } from "@quorate/cib";
import { firstAction } from "../../actions/find-actions.ts";
import { topOf } from "../../model/ancestry.ts";
import type { Cluster } from "../../model/cluster.ts";
import { type ClusterNode, ProbeMode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { addScore } from "../../model/scores.ts";
import { applyLocations } from "./apply-locations.ts";
import { thresholdReached } from "./migration-threshold.ts";
import { applyShutdownLocks } from "./shutdown-locks.ts";
import { applyStickiness } from "./stickiness.ts";

/** Everything that makes single nodes better or worse for single resources. Source: scheduler specification, part 2, 8. */
export function applyNodeCriteria(cluster: Cluster): void {
  applyShutdownLocks(cluster);
  applyLocations(cluster);
  applyStickiness(cluster);
  for (const node of cluster.nodes) {
    const hasFailures = hasFailCounts(node);
    for (const resource of cluster.resources) {
      if (hasFailures) banFailed(cluster, resource, node);
      banWithoutDiscovery(cluster, resource, node);
    }
  }
}

/** Most nodes have none, and then no resource needs to be looked at. */
function hasFailCounts(node: ClusterNode): boolean {
  for (const name of node.attributes.keys()) if (name.startsWith("fail-count-")) return true;
  return false;
}

function banFailed(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  if (resource.primitive === null) {
    for (const child of resource.children) banFailed(cluster, child, node);
    return;
  }
  // Failures that are about to be forgotten ban nothing.
  if (firstAction(resource, "clear_failcount", node) !== null) return;
  const reached = thresholdReached(cluster, resource, node);
  if (reached === null) return;
  addScore(reached.banned, node, -INFINITY, {
    kind: "migration-threshold",
    failCount: reached.failCount,
    threshold: reached.threshold,
  });
}

/** With exclusive discovery, only nodes that are named for it count. Source: part 2, 8.5.2. */
function banWithoutDiscovery(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  if (
    !hasFlags(resource, ResourceFlag.ExclusiveProbes) &&
    !hasFlags(topOf(resource), ResourceFlag.ExclusiveProbes)
  ) {
    return;
  }
  for (const child of resource.children) banWithoutDiscovery(cluster, child, node);
  const allowed = resource.allowedNodes;
  if (!allowed.has(node) || allowed.probeMode(node) === ProbeMode.Exclusive) return;
  allowed.setScore(node, -INFINITY, { kind: "exclusive-discovery" });
}

import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { parseRole, Role } from "../model/role.ts";
import { nodeHealth } from "../render/node-health.ts";

/** What keeps a resource from running or from being promoted, as far as the configuration says. */
export interface ReasonView {
  readonly resource: string;
  readonly remainsStopped: boolean;
  readonly isNotPromotable: boolean;
  readonly isUnmanaged: boolean;
  readonly lockedTo: string | null;
  /** On the node that was asked about. */
  readonly isUnhealthy: boolean;
}

export function viewReasons(cluster: Cluster, resource: Resource, node: ClusterNode | null): ReasonView {
  const targetRole = parseRole(resource.meta.get("target-role") ?? "");
  const isHealthUsed = cluster.options.healthStrategy !== "none";
  return {
    resource: resource.id,
    remainsStopped: targetRole === Role.Stopped,
    isNotPromotable: targetRole === Role.Unpromoted && hasFlags(topOf(resource), ResourceFlag.Promotable),
    isUnmanaged: !hasFlags(resource, ResourceFlag.Managed),
    lockedTo: resource.lockNode?.name ?? null,
    isUnhealthy:
      node !== null &&
      isHealthUsed &&
      nodeHealth(cluster, node) === "red" &&
      resource.meta.get("allow-unhealthy-nodes") !== "true",
  };
}

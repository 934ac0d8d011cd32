import { topOf } from "../../model/ancestry.ts";
import type { Cluster } from "../../model/cluster.ts";
import { failCount } from "../../model/fail-counts.ts";
import type { ClusterNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";

export interface ThresholdReached {
  /** What may not run there any more: an anonymous clone as a whole. */
  readonly banned: Resource;
  readonly failCount: number;
  readonly threshold: number;
}

/** Whether a primitive failed too often on a node. Source: scheduler specification, part 2, 8.5.1. */
export function thresholdReached(
  cluster: Cluster,
  primitive: Resource,
  node: ClusterNode,
): ThresholdReached | null {
  const threshold = primitive.migrationThreshold;
  if (threshold === 0 || hasFlags(primitive, ResourceFlag.IgnoreFailure)) return null;
  const { count } = failCount(cluster, primitive, node, { isEffective: true, withLaunched: true });
  if (count <= 0 || count < threshold) return null;
  const banned = hasFlags(primitive, ResourceFlag.Unique) ? primitive : topOf(primitive);
  return { banned, failCount: count, threshold };
}

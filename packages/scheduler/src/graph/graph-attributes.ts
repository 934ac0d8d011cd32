import type { Cluster } from "../model/cluster.ts";

/** Attributes of the graph's root in their order. Source: part 4, 13.1.1. */
export function graphAttributes(cluster: Cluster): ReadonlyMap<string, string> {
  const { options } = cluster;
  const attributes = new Map<string, string>([
    ["cluster-delay", options.clusterDelay],
    ["fencing-timeout", options.fencingTimeout],
    ["failed-stop-offset", "INFINITY"],
    ["failed-start-offset", options.isStartFailureFatal ? "INFINITY" : "1"],
    ["batch-limit", options.batchLimit],
    ["transition_id", "1"],
  ]);
  if (Number.parseInt(options.migrationLimit, 10) > 0) {
    attributes.set("migration-limit", options.migrationLimit);
  }
  if (cluster.recheckAtS !== null) attributes.set("recheck-by", String(cluster.recheckAtS));
  return attributes;
}

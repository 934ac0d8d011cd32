import { checkpoint } from "../model/checkpoint.ts";
import type { Cluster } from "../model/cluster.ts";
import { checkDeferred } from "./deferred-checks.ts";
import { createProbes } from "./probes.ts";
import { clearFailCountsOfRemoved } from "./removed-fail-counts.ts";
import { createResourceActions } from "./resource-actions.ts";

/** Creates what has to be done about every resource, after placement. Source: part 3, 6, phase 7. */
export function createActions(cluster: Cluster): void {
  checkDeferred(cluster);
  createProbes(cluster);
  clearFailCountsOfRemoved(cluster);
  for (const resource of cluster.resources) {
    checkpoint(cluster);
    createResourceActions(cluster, resource);
  }
}

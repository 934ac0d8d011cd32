import type { Cluster, DeferredCheck } from "../model/cluster.ts";
import { clearFailCount } from "./clear-fail-count.ts";
import { checkActiveEntry } from "./configuration-changes.ts";
import { compareDigests } from "./digests.ts";

/** Does the checks that had to wait for placement, most recently deferred first. Source: part 3, 12.6. */
export function checkDeferred(cluster: Cluster): void {
  for (let i = cluster.deferredChecks.length - 1; i >= 0; i--) {
    const { resource, node, entry, kind } = cluster.deferredChecks[i] as DeferredCheck;
    switch (kind) {
      case "active":
        checkActiveEntry(cluster, resource, node, entry);
        break;
      case "last-failure": {
        const comparison = compareDigests(cluster, resource, node, entry);
        if (comparison !== "match" && comparison !== "unknown") clearFailCount(cluster, resource, node);
        break;
      }
    }
  }
}

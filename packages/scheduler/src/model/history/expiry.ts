import { clearFailCount } from "../../actions/clear-fail-count.ts";
import { compareDigests } from "../../actions/digests.ts";
import { fencingAction } from "../../actions/fencing.ts";
import { addRelation } from "../../orderings/relations.ts";
import { failCount, failureTimeoutS } from "../fail-counts.ts";
import { ExecutionStatus, ExitStatus, type HistoryEntry } from "../history-entry.ts";
import { hasNodeFlags, NodeFlag } from "../node.ts";
import { RelationKind } from "../ordering.ts";
import { offerRecheck } from "../recheck.ts";
import { hasFlags, ResourceFlag } from "../resource.ts";
import type { EntryReading, HistoryReading } from "./reading.ts";

/**
 * Whether an entry is too old to count. May schedule that the resource's failures on the node are forgotten.
 * Source: part 1, 14.3.
 */
export function isExpired(reading: HistoryReading, item: EntryReading): boolean {
  const { resource, node, unpacking } = reading;
  const { cluster } = unpacking;
  const { entry } = item;
  if (item.executionStatus === ExecutionStatus.NotInstalled) return false;
  const timeoutS = failureTimeoutS(resource);
  const isLastFailure = entry.id.endsWith("_last_failure_0");
  let hasExpired = false;
  let mustClear = false;
  let effectiveCount = 0;
  if (timeoutS > 0 && entry.lastChangeS >= 0) {
    hasExpired = cluster.nowS >= entry.lastChangeS + timeoutS && !isWaitingForFencing(reading, entry);
    const effective = failCount(cluster, resource, node, { isEffective: true, entry });
    effectiveCount = effective.count;
    const endS = effective.lastFailureS + timeoutS + 1;
    if (effectiveCount !== 0 && cluster.nowS < endS) offerRecheck(cluster, endS);
  }
  if (hasExpired) {
    const raw = failCount(cluster, resource, node, { isEffective: false, entry });
    if (raw.count !== 0) {
      if (effectiveCount === 0) mustClear = true;
      else hasExpired = false;
    } else if (isLastFailure && resource.reconnectIntervalMs > 0) {
      mustClear = true;
    }
  }
  if (!hasExpired && isLastFailure && (entry.operation === "start" || entry.operation === "monitor")) {
    if (hasFlags(resource, ResourceFlag.AddressIsNodeName)) {
      cluster.deferredChecks.push({ resource, node, entry, kind: "last-failure" });
    } else {
      const comparison = compareDigests(cluster, resource, node, entry);
      if (comparison !== "match" && comparison !== "unknown") mustClear = true;
    }
  }
  if (mustClear) clear(reading);
  if (hasExpired && item.isProbe && isOrdinaryProbeResult(item.exitStatus)) return false;
  if (hasExpired) {
    cluster.explanations.push({
      kind: "resource-state",
      resource: resource.id,
      node: node.name,
      change: "failure-expired",
    });
  }
  return hasExpired;
}

/** The recurring monitor of a remote connection keeps its failure until the remote node was fenced. */
function isWaitingForFencing(reading: HistoryReading, entry: HistoryEntry): boolean {
  const { resource, unpacking } = reading;
  if (resource.reconnectIntervalMs === 0 || !unpacking.cluster.options.isFencingEnabled) return false;
  if (entry.operation !== "monitor" || entry.intervalMs === 0) return false;
  const remote = unpacking.lookup.nodeByName(resource.id);
  return remote !== null && !hasNodeFlags(remote, NodeFlag.RemoteFenced);
}

function isOrdinaryProbeResult(exitStatus: number): boolean {
  switch (exitStatus) {
    case ExitStatus.Ok:
    case ExitStatus.NotRunning:
    case ExitStatus.Promoted:
    case ExitStatus.Degraded:
    case ExitStatus.DegradedPromoted:
      return true;
    default:
      return false;
  }
}

/** Rule 5 of 14.3: a lost remote node is fenced before its failures are forgotten. */
function clear(reading: HistoryReading): void {
  const { resource, node, unpacking } = reading;
  const { cluster, lookup } = unpacking;
  const clearing = clearFailCount(cluster, resource, node);
  if (!cluster.options.isFencingEnabled || resource.reconnectIntervalMs === 0) return;
  const remote = lookup.nodeByName(resource.id);
  if (remote === null) return;
  const fencing = fencingAction(cluster, { node: remote, isOptional: true, reason: null });
  addRelation(fencing, clearing, RelationKind.FirstImpliesThen);
}

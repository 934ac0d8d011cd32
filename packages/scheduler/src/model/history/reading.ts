import type { FailureResponse } from "../action.ts";
import { isInBundle } from "../ancestry.ts";
import { ExecutionStatus, ExitStatus, type HistoryEntry } from "../history-entry.ts";
import type { ClusterNode } from "../node.ts";
import type { Resource } from "../resource.ts";
import type { Unpacking } from "../unpacking.ts";

/** What is carried from entry to entry while the history of one resource on one node is read. */
export interface HistoryReading {
  readonly unpacking: Unpacking;
  readonly resource: Resource;
  readonly node: ClusterNode;
  lastFailure: HistoryEntry | null;
  /** The most severe response that the failures so far demand. */
  response: FailureResponse;
}

/** One entry while it is interpreted: statuses change when they are remapped. */
export interface EntryReading {
  readonly entry: HistoryEntry;
  executionStatus: number;
  exitStatus: number;
  readonly originalExitStatus: number;
  readonly isProbe: boolean;
  /** A probe that failed only because the resource cannot run here, which is as good as not running. */
  readonly isMasked: boolean;
  isExpired: boolean;
}

const OPERATIONS: ReadonlySet<string> = new Set([
  "monitor",
  "start",
  "stop",
  "promote",
  "demote",
  "migrate_to",
  "migrate_from",
  "asyncmon",
]);

/** Null for entries that never matter. Source: part 1, 12.1. */
export function beginEntry(reading: HistoryReading, entry: HistoryEntry): EntryReading | null {
  const { executionStatus, exitStatus } = entry;
  if (!OPERATIONS.has(entry.operation)) return null;
  if (
    executionStatus === null ||
    executionStatus < ExecutionStatus.Pending ||
    executionStatus > ExecutionStatus.NoSecrets
  ) {
    return null;
  }
  if (executionStatus === ExecutionStatus.Cancelled) return null;
  if (exitStatus === null || exitStatus < 0 || exitStatus > 255) return null;
  const isProbe = entry.operation === "monitor" && entry.intervalMs === 0;
  return {
    entry,
    executionStatus,
    exitStatus,
    originalExitStatus: exitStatus,
    isProbe,
    isMasked: isMaskedProbeFailure(entry) && !isInBundle(reading.resource),
    isExpired: false,
  };
}

/** Source: part 1, 12.1. The exit status may be 5 or 2, or the execution status "not installed". */
function isMaskedProbeFailure(entry: HistoryEntry): boolean {
  if (entry.operation !== "monitor" || entry.intervalMs !== 0) return false;
  return (
    entry.exitStatus === ExitStatus.NotInstalled ||
    entry.exitStatus === ExitStatus.InvalidParameter ||
    entry.executionStatus === ExecutionStatus.NotInstalled
  );
}

import { canFence } from "../../actions/fencing.ts";
import { FailureResponse } from "../action.ts";
import { block } from "../activation.ts";
import { ExecutionStatus, ExitStatus } from "../history-entry.ts";
import { hasNodeFlags, NodeFlag } from "../node.ts";
import { hasFlags, ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import { recordFailure } from "./failed-actions.ts";
import type { EntryReading, HistoryReading } from "./reading.ts";

/** Finds out what a result means, which depends on what was expected. Source: part 1, 12.3. */
export function remap(reading: HistoryReading, item: EntryReading): void {
  remapDegraded(reading, item);
  if (
    item.isMasked &&
    !(item.executionStatus === ExecutionStatus.Done && item.exitStatus === ExitStatus.NotRunning)
  ) {
    item.executionStatus = ExecutionStatus.Done;
    item.exitStatus = ExitStatus.NotRunning;
  }
  if (
    item.executionStatus === ExecutionStatus.NoFenceDevice ||
    item.executionStatus === ExecutionStatus.NoSecrets
  ) {
    item.executionStatus = ExecutionStatus.HardError;
    return;
  }
  if (item.executionStatus !== ExecutionStatus.Done && item.executionStatus !== ExecutionStatus.Error) return;
  const expected = item.entry.expectedStatus;
  item.executionStatus =
    expected >= 0 && item.exitStatus === expected ? ExecutionStatus.Done : ExecutionStatus.Error;
  remapExitStatus(reading, item);
}

function remapDegraded(reading: HistoryReading, item: EntryReading): void {
  if (item.exitStatus === ExitStatus.Degraded) item.exitStatus = ExitStatus.Ok;
  else if (item.exitStatus === ExitStatus.DegradedPromoted) item.exitStatus = ExitStatus.Promoted;
  else return;
  const isGone =
    hasNodeFlags(reading.node, NodeFlag.Shutdown) && !hasNodeFlags(reading.node, NodeFlag.Online);
  if (!item.isExpired && !isGone) recordFailure(reading, item.entry);
}

/** Rule 5 of 12.3. */
function remapExitStatus(reading: HistoryReading, item: EntryReading): void {
  const { resource } = reading;
  const expected = item.entry.expectedStatus;
  switch (item.exitStatus) {
    case ExitStatus.Ok:
      if (item.isProbe && expected === ExitStatus.NotRunning) item.executionStatus = ExecutionStatus.Done;
      return;
    case ExitStatus.NotRunning:
      if (item.isProbe || expected === item.exitStatus || !hasFlags(resource, ResourceFlag.Managed)) {
        item.executionStatus = ExecutionStatus.Done;
        resource.role = Role.Stopped;
        reading.response = FailureResponse.Ignore;
        resource.nextRole = Role.Unknown;
      }
      return;
    case ExitStatus.Promoted:
      if (item.isProbe && expected !== item.exitStatus) item.executionStatus = ExecutionStatus.Done;
      if (!item.isExpired || expected === item.exitStatus) resource.role = Role.Promoted;
      return;
    case ExitStatus.FailedPromoted:
      if (!item.isExpired) resource.role = Role.Promoted;
      item.executionStatus = ExecutionStatus.Error;
      return;
    case ExitStatus.NotConfigured:
      item.executionStatus = ExecutionStatus.FatalError;
      return;
    case ExitStatus.NotImplemented:
      if (item.entry.intervalMs > 0) {
        item.executionStatus = ExecutionStatus.NotSupported;
        return;
      }
      blockIfUnrecoverable(reading, item);
      item.executionStatus = ExecutionStatus.HardError;
      return;
    case ExitStatus.NotInstalled:
    case ExitStatus.InvalidParameter:
    case ExitStatus.InsufficientPrivileges:
      blockIfUnrecoverable(reading, item);
      item.executionStatus = ExecutionStatus.HardError;
      return;
    default:
      if (item.executionStatus === ExecutionStatus.Done) item.executionStatus = ExecutionStatus.Error;
  }
}

/** A stop that can never succeed, on a node that cannot be fenced, leaves nothing that could be done. */
function blockIfUnrecoverable(reading: HistoryReading, item: EntryReading): void {
  if (item.isExpired || item.entry.operation !== "stop") return;
  if (!canFence(reading.unpacking.cluster, reading.node)) block(reading.resource);
}

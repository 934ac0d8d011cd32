import { requestResourceAction } from "../../actions/request-action.ts";
import { setPending } from "../activation.ts";
import { ExecutionStatus, type HistoryEntry } from "../history-entry.ts";
import { hasNodeFlags, NodeFlag } from "../node.ts";
import { hasFlags, ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import { attributeOf } from "../xml-attribute.ts";
import { isExpired } from "./expiry.ts";
import { applyFailure, applyMaskedFailure } from "./failure.ts";
import { beginEntry, type EntryReading, type HistoryReading } from "./reading.ts";
import { remap } from "./remap.ts";
import { applySuccess, raiseToActive } from "./success.ts";

/** Interprets one entry. Source: part 1, 12.2. */
export function readEntry(reading: HistoryReading, entry: HistoryEntry): void {
  const item = beginEntry(reading, entry);
  if (item === null) return;
  item.isExpired = isExpired(reading, item);
  remap(reading, item);
  if (item.isExpired && endExpired(reading, item)) return;
  if (item.isMasked) {
    applyMaskedFailure(reading, item);
    return;
  }
  switch (item.executionStatus) {
    case ExecutionStatus.Pending:
      applyPending(reading, item);
      return;
    case ExecutionStatus.Done:
      applySuccess(reading, item, item.exitStatus);
      return;
    case ExecutionStatus.NotConnected:
      failConnection(reading);
      applyFailure(reading, item);
      return;
    default:
      applyFailure(reading, item);
  }
}

/** True when nothing more is to be done for an expired entry. Source: part 1, 12.4. */
function endExpired(reading: HistoryReading, item: EntryReading): boolean {
  const { resource, node } = reading;
  const { entry } = item;
  if (item.isMasked && item.originalExitStatus !== entry.expectedStatus) {
    if (resource.role <= Role.Stopped) resource.role = Role.Unknown;
    return true;
  }
  if (item.exitStatus === entry.expectedStatus) return false;
  if (entry.intervalMs === 0) return true;
  if (hasNodeFlags(node, NodeFlag.Online) && !hasNodeFlags(node, NodeFlag.Unclean)) {
    // The comparison of digests then finds a difference, so that the operation is scheduled anew.
    reading.unpacking.cluster.expiredEntries.add(entry);
    return true;
  }
  return false;
}

/** "Not connected": the connection to a remote node is gone. Source: part 1, 12.2. */
function failConnection(reading: HistoryReading): void {
  const connection = reading.node.kind === "remote" ? reading.node.connection : null;
  if (connection !== null && hasFlags(connection, ResourceFlag.Managed)) {
    connection.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
  }
}

/** Source: part 1, 12.8. */
function applyPending(reading: HistoryReading, item: EntryReading): void {
  const { resource, node } = reading;
  const { entry } = item;
  if (isSuperseded(reading, entry)) return;
  switch (entry.operation) {
    case "start":
      resource.flags |= ResourceFlag.StartPending;
      raiseToActive(resource);
      break;
    case "promote":
      resource.role = Role.Promoted;
      break;
    case "migrate_to":
      if (hasNodeFlags(node, NodeFlag.Unclean)) stopOnTarget(reading, entry);
      break;
    default:
      break;
  }
  if (resource.pendingOperation === null && !item.isProbe) setPending(resource, node, entry.operation);
}

/** The last failure is of the same operation and not older: the pending entry is what is left of it. */
function isSuperseded(reading: HistoryReading, entry: HistoryEntry): boolean {
  const { lastFailure } = reading;
  return (
    lastFailure !== null &&
    lastFailure.operation === entry.operation &&
    lastFailure.intervalMs === entry.intervalMs &&
    hasChangeTime(lastFailure) &&
    hasChangeTime(entry) &&
    lastFailure.lastChangeS >= entry.lastChangeS
  );
}

function hasChangeTime(entry: HistoryEntry): boolean {
  return attributeOf(entry.xml, "last-rc-change") !== null;
}

/** The source of a migration is lost while it migrates: the target may be half way. */
function stopOnTarget(reading: HistoryReading, entry: HistoryEntry): void {
  const name = attributeOf(entry.xml, "migrate_target");
  const target = name === null ? null : reading.unpacking.lookup.nodeByName(name);
  if (target === null) return;
  requestResourceAction(reading.unpacking.cluster, reading.resource, "stop", {
    node: target,
    isOptional: false,
  });
}

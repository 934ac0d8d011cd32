import { FailureResponse } from "../action.ts";
import { topOf } from "../ancestry.ts";
import { ExitStatus } from "../history-entry.ts";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import { applyMigrateTo } from "./migration.ts";
import type { EntryReading, HistoryReading } from "./reading.ts";

/** At least started; an instance of a promotable clone is unpromoted until something says otherwise. */
export function raiseToActive(resource: Resource): void {
  if (resource.role >= Role.Started) return;
  resource.role = hasFlags(topOf(resource), ResourceFlag.Promotable) ? Role.Unpromoted : Role.Started;
}

/** What a successful operation says about the resource; `exitStatus` may be the expected one. Source: 12.7. */
export function applySuccess(reading: HistoryReading, item: EntryReading, exitStatus: number): void {
  if (updateRole(reading, item, exitStatus)) clearPastFailure(reading);
}

/** True if past failures are forgotten. */
function updateRole(reading: HistoryReading, item: EntryReading, exitStatus: number): boolean {
  const { resource, lastFailure } = reading;
  if (exitStatus === ExitStatus.NotInstalled || item.isMasked) {
    resource.role = Role.Stopped;
    return false;
  }
  if (exitStatus === ExitStatus.NotRunning) return true;
  switch (item.entry.operation) {
    case "monitor":
      raiseToActive(resource);
      return lastFailure !== null && lastFailure.key === item.entry.key;
    case "start":
    case "migrate_from":
      resource.role = Role.Started;
      return true;
    case "stop":
      resource.role = Role.Stopped;
      return true;
    case "promote":
      resource.role = Role.Promoted;
      return true;
    case "demote":
      resource.role = Role.Unpromoted;
      return reading.response === FailureResponse.Demote;
    case "migrate_to":
      applyMigrateTo(reading, item.entry);
      return false;
    default:
      raiseToActive(resource);
      return false;
  }
}

function clearPastFailure(reading: HistoryReading): void {
  switch (reading.response) {
    case FailureResponse.Stop:
    case FailureResponse.Ban:
    case FailureResponse.Standby:
    case FailureResponse.Fence:
      return;
    case FailureResponse.ResetRemote:
      if (reading.resource.reconnectIntervalMs > 0) return;
      break;
    default:
      break;
  }
  reading.response = FailureResponse.Ignore;
  reading.resource.nextRole = Role.Unknown;
}

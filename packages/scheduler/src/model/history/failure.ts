import { INFINITY } from "@quorate/cib";
import { failureResponse, roleAfterFailure } from "../../actions/on-fail.ts";
import { configuredOperation } from "../../actions/operation-configuration.ts";
import { FailureResponse } from "../action.ts";
import { scopeOfBan } from "../ancestry.ts";
import { ExecutionStatus, ExitStatus } from "../history-entry.ts";
import { ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import type { ScoreCause } from "../score-cause.ts";
import { addScore, addScoreToAll, banEverywhere } from "../scores.ts";
import { recordFailure } from "./failed-actions.ts";
import { applyFailedMigrateFrom, applyFailedMigrateTo } from "./migration.ts";
import type { EntryReading, HistoryReading } from "./reading.ts";
import { applySuccess, raiseToActive } from "./success.ts";

/** A probe that failed because the resource cannot run here: not running, and banned. Source: part 1, 12.5. */
export function applyMaskedFailure(reading: HistoryReading, item: EntryReading): void {
  applySuccess(reading, item, item.entry.expectedStatus);
  recordFailure(reading, item.entry);
  ban(reading, item);
}

/** Source: part 1, 12.6. */
export function applyFailure(reading: HistoryReading, item: EntryReading): void {
  const { cluster } = reading.unpacking;
  const { resource } = reading;
  const { operation, intervalMs } = item.entry;
  const configured = configuredResponse(reading, operation, intervalMs);
  if (item.executionStatus === ExecutionStatus.NotInstalled) {
    if (configured.response === FailureResponse.Ignore) reading.response = FailureResponse.Ban;
    ban(reading, item);
    applyCommonFailure(reading, item, configured.response, configured.role);
    return;
  }
  if (
    configured.response === FailureResponse.Ignore ||
    (configured.response === FailureResponse.RestartContainer && operation === "stop")
  ) {
    applyIgnoredFailure(reading, item, configured.response);
    return;
  }
  applyCommonFailure(reading, item, configured.response, configured.role);
  if (item.executionStatus === ExecutionStatus.HardError) ban(reading, item);
  if (item.executionStatus === ExecutionStatus.FatalError) {
    addScoreToAll(cluster, scopeOfBan(resource), -INFINITY, causeOf(item));
  }
}

/** Source: part 1, 13.2 and 13.3. */
function configuredResponse(
  reading: HistoryReading,
  task: string,
  intervalMs: number,
): { readonly response: FailureResponse; readonly role: Role } {
  const { resource, node, unpacking } = reading;
  const { meta } = configuredOperation(unpacking.cluster, {
    resource,
    task,
    intervalMs,
    node,
    isNotification: false,
  });
  const onFail = meta.get("on-fail") ?? null;
  const response = failureResponse(unpacking.cluster, { resource, task, intervalMs, onFail });
  return { response, role: roleAfterFailure(resource, task, response) };
}

function ban(reading: HistoryReading, item: EntryReading): void {
  addScore(scopeOfBan(reading.resource), reading.node, -INFINITY, causeOf(item));
}

function causeOf(item: EntryReading): ScoreCause {
  return { kind: "failure", operation: item.entry.key, exitStatus: item.originalExitStatus };
}

/** Step 3 of 12.6: as if it had succeeded. */
function applyIgnoredFailure(reading: HistoryReading, item: EntryReading, response: FailureResponse): void {
  const { resource, node, unpacking } = reading;
  applySuccess(reading, item, item.entry.expectedStatus);
  resource.flags |= ResourceFlag.IgnoreFailure;
  unpacking.cluster.explanations.push({
    kind: "resource-state",
    resource: resource.id,
    node: node.name,
    change: "failure-ignored",
  });
  recordFailure(reading, item.entry);
  if (response === FailureResponse.RestartContainer && reading.response <= FailureResponse.Restart) {
    reading.response = response;
  }
}

/** Step 4 of 12.6. */
function applyCommonFailure(
  reading: HistoryReading,
  item: EntryReading,
  response: FailureResponse,
  failedRole: Role,
): void {
  const { resource, node, unpacking } = reading;
  const { cluster } = unpacking;
  reading.lastFailure = item.entry;
  if (cluster.options.isSymmetric || item.exitStatus !== ExitStatus.NotInstalled) {
    recordFailure(reading, item.entry);
  }
  if (response > reading.response) reading.response = response;
  switch (item.entry.operation) {
    case "stop":
      addScore(resource, node, -INFINITY, causeOf(item));
      break;
    case "migrate_to":
      applyFailedMigrateTo(reading, item.entry);
      break;
    case "migrate_from":
      applyFailedMigrateFrom(reading, item.entry);
      break;
    case "promote":
      resource.role = Role.Promoted;
      break;
    case "demote":
      applyFailedDemote(reading, item, response);
      break;
    default:
      break;
  }
  if (item.isProbe && item.exitStatus === ExitStatus.NotInstalled) resource.role = Role.Stopped;
  else raiseToActive(resource);
  if (failedRole !== Role.Started && resource.nextRole < failedRole) resource.nextRole = failedRole;
  if (failedRole === Role.Stopped) banEverywhere(cluster, scopeOfBan(resource), causeOf(item));
}

function applyFailedDemote(reading: HistoryReading, item: EntryReading, response: FailureResponse): void {
  const { resource } = reading;
  if (response === FailureResponse.Block) {
    resource.role = Role.Promoted;
    resource.nextRole = Role.Stopped;
  } else if (item.exitStatus === ExitStatus.NotRunning) {
    resource.role = Role.Stopped;
  } else {
    resource.role = Role.Unpromoted;
  }
}

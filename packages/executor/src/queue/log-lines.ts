import { ExecutionStatus, type Log } from "@quorate/ports";
import { type Entry, isRecurring, type RunResult } from "./entry.ts";

/** Lines for the start and the end of a run; those of recurring operations are for debugging only. Source: executor specification, 2. */
export function logStart(log: Log, entry: Entry): void {
  const { resourceId, action } = entry.operation;
  log(levelOf(entry), `executing - rsc:${resourceId} action:${action} call_id:${entry.callId}`);
}

export function logEnd(
  log: Log,
  entry: Entry,
  result: RunResult,
  times: { readonly execTimeMs: number; readonly queueTimeMs: number },
): void {
  const { resourceId, action } = entry.operation;
  const queued = times.queueTimeMs > 0 ? ` after being queued ${times.queueTimeMs}ms` : "";
  log(
    levelOf(entry),
    `${resourceId} ${action} (call ${entry.callId}${pidPart(result)}) ${outcome(entry, result)} (execution time ${times.execTimeMs}ms)${queued}`,
  );
}

function levelOf(entry: Entry): "info" | "debug" {
  return isRecurring(entry.operation) && entry.runCount > 0 ? "debug" : "info";
}

function pidPart(result: RunResult): string {
  return result.pid === null ? "" : `, PID ${result.pid}`;
}

function outcome(entry: Entry, result: RunResult): string {
  if (entry.cancellation !== "none") {
    return "was cancelled";
  }
  if (result.status === ExecutionStatus.timedOut) {
    return `timed out: ${result.exitReason}`;
  }
  return result.pid === null && result.status !== ExecutionStatus.done
    ? `could not be executed: ${result.exitReason}`
    : `exited with status ${result.rc}`;
}

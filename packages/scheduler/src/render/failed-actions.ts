import type { Cluster } from "../model/cluster.ts";
import { ExecutionStatus, type FailedAction } from "../model/history-entry.ts";
import { classicDate } from "./classic-date.ts";
import { executionText, exitText } from "./outcome-text.ts";
import { isMaskedProbe } from "./resource-facts.ts";
import { isNamed, isNodeIncluded, type StatusFilter } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/** Source: scheduler specification, part 4, 4.9 (technical) and 16.4 (friendly). */
export function renderFailedActions(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
  form: "technical" | "friendly" = "technical",
): boolean {
  const list = report.lazyList("Failed Resource Actions", { hasSpacer });
  for (const failed of shownFailures(cluster, options.filter)) {
    list.open();
    report.item(form === "technical" ? failedActionLine(failed) : friendlyLine(failed), { kind: "failed" });
  }
  return list.close();
}

export function shownFailures(cluster: Cluster, filter: StatusFilter): FailedAction[] {
  return cluster.failedActions.filter(
    (failed) =>
      !isMaskedProbe(failed) && isNodeIncluded(filter, failed.node) && isNamed(filter, failed.resource),
  );
}

/** For people: what was tried where, and how it ended. */
function friendlyLine({ entry, node, resource }: FailedAction): string {
  const { xml, operation, intervalMs } = entry;
  const task = operation === "monitor" && intervalMs === 0 ? "probe" : operation;
  const interval = intervalMs > 0 ? `${readableInterval(intervalMs)}-interval ` : "";
  let line = `${resource.id} ${interval}${task} on ${node.name}`;
  const reason = xml.get("exit-reason") ?? "";
  const execution = entry.executionStatus ?? 0;
  if (execution === ExecutionStatus.Done) {
    line += ` returned '${exitText(entry.exitStatus ?? 0)}'${reason === "" ? "" : ` (${reason})`}`;
  } else {
    line += ` could not be executed (${executionText(execution)}${reason === "" ? "" : `: ${reason}`})`;
  }
  if (entry.lastChangeS > 0) line += ` at ${classicDate(entry.lastChangeS)}`;
  const execMs = Number(xml.get("exec-time") ?? 0);
  return execMs > 0 ? `${line} after ${readableInterval(execMs)}` : line;
}

/** `10s`, `1m30s`, `500ms`, `1.5s`. */
function readableInterval(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const restMs = ms % 60_000;
  if (minutes === 0 && restMs < 1000) return `${restMs}ms`;
  const seconds = restMs === 0 && minutes > 0 ? "" : `${restMs / 1000}s`;
  return minutes === 0 ? seconds : `${minutes}m${seconds}`;
}

/** The technical form: everything that the history says about the failure. */
function failedActionLine({ entry, node }: FailedAction): string {
  const { xml } = entry;
  const exit = entry.exitStatus ?? 0;
  let line = `${entry.key} on ${node.name} '${exitText(exit)}' (${exit}): call=${xml.get("call-id") ?? "-1"}`;
  line += `, status='${executionText(entry.executionStatus ?? 0)}'`;
  const reason = xml.get("exit-reason");
  if (reason !== null && reason !== "") line += `, exitreason='${reason}'`;
  if (entry.lastChangeS > 0) {
    line += `, last-rc-change='${classicDate(entry.lastChangeS)}'`;
    line += `, queued=${xml.get("queue-time") ?? "0"}ms, exec=${xml.get("exec-time") ?? "0"}ms`;
  }
  return line;
}

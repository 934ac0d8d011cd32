import type { Cluster } from "../model/cluster.ts";
import type { FailedAction } from "../model/history-entry.ts";
import { classicDate } from "./classic-date.ts";
import { executionText, exitText } from "./outcome-text.ts";
import { isMaskedProbe } from "./resource-facts.ts";
import type { TextReport } from "./text-report.ts";

/** Source: scheduler specification, part 4, 4.9. */
export function renderFailedActions(report: TextReport, cluster: Cluster, hasSpacer: boolean): boolean {
  const list = report.lazyList("Failed Resource Actions", { hasSpacer });
  for (const failed of cluster.failedActions) {
    if (isMaskedProbe(failed)) continue;
    list.open();
    report.item(failedActionLine(failed));
  }
  return list.close();
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

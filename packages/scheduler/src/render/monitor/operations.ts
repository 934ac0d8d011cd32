import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { failCount } from "../../model/fail-counts.ts";
import { parseHistoryEntry } from "../../model/history/entries.ts";
import { ExitStatus, type HistoryEntry } from "../../model/history-entry.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../../model/node.ts";
import { classicDate } from "../classic-date.ts";
import { shownNodeName } from "../node-list.ts";
import { exitText } from "../outcome-text.ts";
import type { StatusOptions } from "../status-options.ts";
import type { TextReport } from "../text-report.ts";

/** What was done on every online node, by resource. Source: scheduler specification, part 4, 16.6. */
export function renderOperations(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  options: { readonly hasSpacer: boolean; readonly showsTiming: boolean },
): boolean {
  const list = report.lazyList("Operations", options);
  for (const state of cluster.cib.first("status")?.all("node_state") ?? []) {
    const node = cluster.lookup.nodeById(state.id ?? "");
    if (node === null || !hasNodeFlags(node, NodeFlag.Online)) continue;
    const nodeList = report.lazyList(`Node: ${shownNodeName(node, status)}`);
    for (const history of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? []) {
      const entries = shownEntries(history);
      if (entries.length === 0) continue;
      list.open();
      nodeList.open();
      report.beginList(resourceTitle(cluster, history.id ?? "", node));
      for (const entry of entries) report.item(operationLine(entry, options.showsTiming));
      report.endList();
    }
    nodeList.close();
  }
  return list.close();
}

/** Without notifications and without probes that found nothing, by call id. */
function shownEntries(history: XmlElement): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const xml of history.all("lrm_rsc_op")) {
    const entry = parseHistoryEntry(xml);
    if (entry === null || entry.operation === "notify") continue;
    const isProbe = entry.operation === "monitor" && entry.intervalMs === 0;
    if (isProbe && entry.exitStatus === ExitStatus.NotRunning) continue;
    entries.push(entry);
  }
  return entries.sort((left, right) => left.callId - right.callId);
}

function resourceTitle(cluster: Cluster, id: string, node: ClusterNode): string {
  const resource = cluster.lookup.resource(id);
  if (resource === null) return `${id}: orphan`;
  const { count, lastFailureS } = failCount(cluster, resource, node, {
    isEffective: false,
    withLaunched: false,
  });
  let title = `${id}: migration-threshold=${resource.migrationThreshold}`;
  if (count > 0) title += ` fail-count=${count}`;
  if (lastFailureS > 0) title += ` last-failure='${classicDate(lastFailureS)}'`;
  return title;
}

function operationLine(entry: HistoryEntry, showsTiming: boolean): string {
  const { xml, operation, intervalMs, callId, lastChangeS } = entry;
  const details: string[] = [];
  if (intervalMs > 0) details.push(`interval="${intervalMs}ms"`);
  if (showsTiming) {
    if (lastChangeS > 0) details.push(`last-rc-change="${classicDate(lastChangeS)}"`);
    for (const name of ["exec-time", "queue-time"]) {
      const value = xml.get(name);
      if (value !== null && value !== "") details.push(`${name}="${value}ms"`);
    }
    const exit = entry.exitStatus ?? ExitStatus.Unknown;
    details.push(`rc=${exit} (${exitText(exit)})`);
  }
  return `(${callId}) ${operation}${details.length === 0 ? "" : `: ${details.join(" ")}`}`;
}

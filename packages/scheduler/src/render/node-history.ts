import { scoreText } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { failCount } from "../model/fail-counts.ts";
import { parseHistoryEntry } from "../model/history/entries.ts";
import { compareCalls } from "../model/history/order.ts";
import { ExecutionStatus, ExitStatus, type HistoryEntry } from "../model/history-entry.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { classicDate, isoDate } from "./classic-date.ts";
import { shownNodeName } from "./node-list.ts";
import { exitText } from "./outcome-text.ts";
import { isHistoryIncluded, isNodeIncluded, type StatusFilter } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/** Only resources that failed, or everything that was done; with timing also when and how long it took. */
export type HistoryDetail = "fail counts" | "operations" | "operations with timing";

interface ResourceHistory {
  /** As the history names it. */
  readonly name: string;
  /** Null when it is no longer configured. */
  readonly resource: Resource | null;
  readonly failCount: number;
  /** Epoch seconds; 0 when unknown. */
  readonly lastFailureS: number;
  /** Empty when only fail counts are shown. */
  readonly operations: readonly HistoryEntry[];
}

interface NodeHistory {
  readonly node: ClusterNode;
  readonly resources: readonly ResourceHistory[];
}

/** The history of every online node, in the order of the status section; a node may have nothing to show. */
function historyOf(cluster: Cluster, filter: StatusFilter, shows: HistoryDetail): NodeHistory[] {
  const result: NodeHistory[] = [];
  for (const state of cluster.cib.first("status")?.all("node_state") ?? []) {
    const node = cluster.lookup.nodeById(state.id ?? "");
    if (node === null || !hasNodeFlags(node, NodeFlag.Online) || !isNodeIncluded(filter, node)) continue;
    const resources: ResourceHistory[] = [];
    for (const history of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? []) {
      const shown = resourceHistory(cluster, node, history, filter, shows);
      if (shown !== null) resources.push(shown);
    }
    result.push({ node, resources });
  }
  return result;
}

function resourceHistory(
  cluster: Cluster,
  node: ClusterNode,
  history: XmlElement,
  filter: StatusFilter,
  shows: HistoryDetail,
): ResourceHistory | null {
  const name = history.id ?? "";
  const resource = cluster.lookup.resource(name);
  const isIncluded =
    resource === null
      ? filter.resources === null || filter.resources.has(name)
      : isHistoryIncluded(filter, resource);
  if (!isIncluded) return null;
  const operations = shows === "fail counts" ? [] : shownEntries(history);
  const { count, lastFailureS } =
    resource === null
      ? { count: 0, lastFailureS: 0 }
      : failCount(cluster, resource, node, { isEffective: false, withLaunched: false });
  const isEmpty = shows === "fail counts" ? count === 0 : operations.length === 0;
  return isEmpty ? null : { name, resource, failCount: count, lastFailureS, operations };
}

/** Without notifications and without probes that found nothing, by call id. */
function shownEntries(history: XmlElement): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const xml of history.all("lrm_rsc_op")) {
    const entry = parseHistoryEntry(xml);
    if (entry === null || entry.operation === "notify") continue;
    if (isProbe(entry) && entry.exitStatus === ExitStatus.NotRunning) continue;
    entries.push(entry);
  }
  return entries.sort(compareCalls);
}

function isProbe({ operation, intervalMs }: HistoryEntry): boolean {
  return operation === "monitor" && intervalMs === 0;
}

function taskName(entry: HistoryEntry): string {
  return isProbe(entry) ? "probe" : entry.operation;
}

/** The section's title stands even if there is nothing to list. Source: scheduler specification, part 4, 4.9 and 16.6. */
export function renderNodeHistory(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  { hasSpacer, shows }: { readonly hasSpacer: boolean; readonly shows: HistoryDetail },
): boolean {
  const list = report.lazyList(shows === "fail counts" ? "Migration Summary" : "Operations", { hasSpacer });
  for (const { node, resources } of historyOf(cluster, options.filter, shows)) {
    list.open();
    const nodeList = report.lazyList(`Node: ${shownNodeName(node, options)}`);
    for (const history of resources) {
      nodeList.open();
      if (shows === "fail counts") {
        report.item(resourceTitle(history));
        continue;
      }
      report.beginList(resourceTitle(history));
      for (const entry of history.operations) report.item(operationLine(entry, shows));
      report.endList();
    }
    nodeList.close();
  }
  return list.close();
}

function resourceTitle({ name, resource, failCount: count, lastFailureS }: ResourceHistory): string {
  if (resource === null) return `${name}: orphan`;
  let title = `${name}: migration-threshold=${resource.migrationThreshold}`;
  if (count > 0) title += ` fail-count=${scoreText(count)}`;
  if (lastFailureS > 0) title += ` last-failure='${classicDate(lastFailureS)}'`;
  return title;
}

function operationLine(entry: HistoryEntry, shows: HistoryDetail): string {
  const { xml, intervalMs, callId, lastChangeS } = entry;
  const details: string[] = [];
  // A classic status shows nothing but the call id -1 of what has no result yet.
  if (callId < 0 && entry.executionStatus === ExecutionStatus.Pending) details.push("pending");
  if (intervalMs > 0) details.push(`interval="${intervalMs}ms"`);
  if (shows === "operations with timing") {
    if (lastChangeS > 0) details.push(`last-rc-change="${classicDate(lastChangeS)}"`);
    for (const name of ["exec-time", "queue-time"]) {
      const value = xml.get(name);
      if (value !== null && value !== "") details.push(`${name}="${value}ms"`);
    }
    const exit = entry.exitStatus ?? ExitStatus.Unknown;
    details.push(`rc=${exit} (${exitText(exit)})`);
  }
  return `(${callId}) ${taskName(entry)}${details.length === 0 ? "" : `: ${details.join(" ")}`}`;
}

/** Null when no node's history belongs to what is shown. */
export function nodeHistoryElement(
  cluster: Cluster,
  filter: StatusFilter,
  shows: HistoryDetail,
): XmlElement | null {
  const histories = historyOf(cluster, filter, shows);
  if (histories.length === 0) return null;
  const section = new XmlElement("node_history");
  for (const { node, resources } of histories) {
    if (resources.length === 0) continue;
    const element = new XmlElement("node", [["name", node.name]]);
    for (const history of resources) element.append(resourceHistoryElement(history, shows));
    section.append(element);
  }
  return section;
}

function resourceHistoryElement(history: ResourceHistory, shows: HistoryDetail): XmlElement {
  const { name, resource, failCount: count, lastFailureS, operations } = history;
  const isRemoved = String(resource === null);
  const element = new XmlElement("resource_history", [
    ["id", name],
    ["orphan", isRemoved],
    ["removed", isRemoved],
  ]);
  if (resource !== null) {
    element.set("migration-threshold", String(resource.migrationThreshold));
    if (count > 0) element.set("fail-count", scoreText(count));
    if (lastFailureS > 0) element.set("last-failure", isoDate(lastFailureS));
  }
  for (const entry of operations) element.append(operationElement(entry, shows));
  return element;
}

function operationElement(entry: HistoryEntry, shows: HistoryDetail): XmlElement {
  const { xml, intervalMs, callId, lastChangeS } = entry;
  const exit = entry.exitStatus ?? ExitStatus.Unknown;
  const element = new XmlElement("operation_history", [
    ["call", String(callId)],
    ["task", taskName(entry)],
    ["rc", String(exit)],
    ["rc_text", exitText(exit)],
  ]);
  if (intervalMs > 0) element.set("interval", `${intervalMs}ms`);
  if (shows !== "operations with timing") return element;
  if (lastChangeS > 0) element.set("last-rc-change", isoDate(lastChangeS));
  for (const name of ["exec-time", "queue-time"]) {
    const value = xml.get(name);
    if (value !== null && value !== "") element.set(name, `${value}ms`);
  }
  return element;
}

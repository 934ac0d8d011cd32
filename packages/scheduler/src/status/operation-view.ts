import type { Cluster } from "../model/cluster.ts";
import { parseHistoryEntry } from "../model/history/entries.ts";
import { compareCalls } from "../model/history/order.ts";
import { ExitStatus, type HistoryEntry } from "../model/history-entry.ts";
import { hasNodeFlags, NodeFlag } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { executionText } from "../render/outcome-text.ts";
import { stateLine } from "../render/primitive-line.ts";
import { shownResourceName } from "../render/resource-facts.ts";
import { SIMULATE_STATUS } from "../render/status-options.ts";

/** One operation of the history, as data. */
export interface OperationView {
  readonly key: string;
  readonly node: string;
  readonly callId: string;
  readonly exitCode: string;
  /** `Done`, `Pending`, ... */
  readonly status: string;
  /** Null when the resource is not configured. */
  readonly resource: string | null;
  /** `class:provider:type`, empty parts included. */
  readonly agent: string | null;
  /** The state of the resource as it is listed; null when it is not configured. */
  readonly stateText: string | null;
  readonly execMs: string | null;
}

export interface OperationQuery {
  /** Name in the history. */
  readonly resource: string | null;
  readonly node: string | null;
  /** Also what later operations made obsolete, and what nodes did that are gone. */
  readonly isAll: boolean;
}

/** The operations of the status section, node by node, by call id. */
export function viewOperations(cluster: Cluster, query: OperationQuery): OperationView[] {
  const found: OperationView[] = [];
  for (const state of cluster.cib.first("status")?.all("node_state") ?? []) {
    const node = cluster.lookup.nodeById(state.id ?? "");
    if (node === null || (query.node !== null && node.name !== query.node)) continue;
    if (!query.isAll && !hasNodeFlags(node, NodeFlag.Online)) continue;
    for (const history of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? []) {
      if (query.resource !== null && history.id !== query.resource) continue;
      const resource = cluster.lookup.resource(history.id ?? "");
      const entries = history
        .all("lrm_rsc_op")
        .map(parseHistoryEntry)
        .filter((entry) => entry !== null)
        .sort(compareCalls);
      for (const entry of query.isAll ? entries : stillValid(entries)) {
        found.push(operationView(cluster, entry, node.name, resource));
      }
    }
  }
  return found;
}

/** What counts since the last start; nothing when a stop came later. */
function stillValid(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  let startIndex = -1;
  let stopIndex = -1;
  let implied = -1;
  for (const [index, { operation, exitStatus, intervalMs }] of entries.entries()) {
    if (operation === "stop" && exitStatus === ExitStatus.Ok) stopIndex = index;
    else if (operation === "start" || operation === "migrate_from") startIndex = index;
    else if (implied <= stopIndex && (operation === "promote" || operation === "demote" || intervalMs > 0)) {
      implied = index;
    }
  }
  if (startIndex === -1) startIndex = implied;
  if (startIndex < stopIndex) return [];
  return entries.slice(Math.max(0, startIndex));
}

function operationView(
  cluster: Cluster,
  entry: HistoryEntry,
  node: string,
  resource: Resource | null,
): OperationView {
  const { xml } = entry;
  const isPrimitive = resource !== null && resource.primitive !== null;
  return {
    key: xml.get("operation_key") ?? entry.key,
    node,
    callId: xml.get("call-id") ?? "-1",
    exitCode: xml.get("rc-code") ?? "",
    status: executionText(entry.executionStatus ?? 0),
    resource: resource?.id ?? null,
    agent: isPrimitive
      ? [resource.primitive!.class, resource.primitive!.provider ?? "", resource.primitive!.type].join(":")
      : null,
    stateText: isPrimitive
      ? stateLine(cluster, resource, SIMULATE_STATUS, { name: shownResourceName(resource), node: null })
      : null,
    execMs: xml.get("exec-time"),
  };
}

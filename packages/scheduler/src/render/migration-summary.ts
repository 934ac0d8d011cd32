import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { failCount } from "../model/fail-counts.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { classicDate } from "./classic-date.ts";
import { shownNodeName } from "./node-list.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/**
 * Fail counts of every online node, in the order of the status section; the title stands even if there are none.
 * Source: scheduler specification, part 4, 4.9.
 */
export function renderMigrationSummary(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
): boolean {
  if (hasSpacer) report.spacer();
  report.beginList("Migration Summary");
  for (const state of cluster.cib.first("status")?.all("node_state") ?? []) {
    const node = cluster.lookup.nodeById(state.id ?? "");
    if (node === null || !hasNodeFlags(node, NodeFlag.Online)) continue;
    const nodeList = report.lazyList(`Node: ${shownNodeName(node, options)}`);
    for (const history of histories(state)) {
      const resource = cluster.lookup.resource(history.id ?? "");
      const line = resource === null ? null : failCountLine(cluster, resource, node, history.id ?? "");
      if (line === null) continue;
      nodeList.open();
      report.item(line);
    }
    nodeList.close();
  }
  report.endList();
  return true;
}

function histories(state: XmlElement): XmlElement[] {
  return state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [];
}

function failCountLine(cluster: Cluster, resource: Resource, node: ClusterNode, name: string): string | null {
  const { count, lastFailureS } = failCount(cluster, resource, node, {
    isEffective: false,
    withLaunched: false,
  });
  if (count <= 0) return null;
  const shownCount = count >= 1_000_000 ? "INFINITY" : String(count);
  let line = `${name}: migration-threshold=${resource.migrationThreshold} fail-count=${shownCount}`;
  if (lastFailureS > 0) line += ` last-failure='${classicDate(lastFailureS)}'`;
  return line;
}

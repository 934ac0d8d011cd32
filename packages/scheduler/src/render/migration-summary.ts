import { scoreText } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { failCount } from "../model/fail-counts.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { classicDate } from "./classic-date.ts";
import { shownNodeName } from "./node-list.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

export interface ShownFailCount {
  /** As the history names it. */
  readonly name: string;
  readonly resource: Resource;
  readonly count: number;
  /** Epoch seconds; 0 when unknown. */
  readonly lastFailureS: number;
}

/** Fail counts above 0, of every online node that has some, in the order of the status section. */
export function failCountsOf(
  cluster: Cluster,
): { readonly node: ClusterNode; readonly counts: readonly ShownFailCount[] }[] {
  const result: { node: ClusterNode; counts: ShownFailCount[] }[] = [];
  for (const state of cluster.cib.first("status")?.all("node_state") ?? []) {
    const node = cluster.lookup.nodeById(state.id ?? "");
    if (node === null || !hasNodeFlags(node, NodeFlag.Online)) continue;
    const counts: ShownFailCount[] = [];
    for (const { id: name } of histories(state)) {
      const resource = name === null ? null : cluster.lookup.resource(name);
      if (name === null || resource === null) continue;
      const { count, lastFailureS } = failCount(cluster, resource, node, {
        isEffective: false,
        withLaunched: false,
      });
      if (count > 0) counts.push({ name, resource, count, lastFailureS });
    }
    if (counts.length > 0) result.push({ node, counts });
  }
  return result;
}

function histories(state: XmlElement): XmlElement[] {
  return state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [];
}

/** The section's title stands even if there is nothing to list. Source: scheduler specification, part 4, 4.9. */
export function renderMigrationSummary(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
): boolean {
  if (hasSpacer) report.spacer();
  report.beginList("Migration Summary");
  for (const { node, counts } of failCountsOf(cluster)) {
    report.beginList(`Node: ${shownNodeName(node, options)}`);
    for (const count of counts) report.item(failCountLine(count));
    report.endList();
  }
  report.endList();
  return true;
}

function failCountLine({ name, resource, count, lastFailureS }: ShownFailCount): string {
  const line = `${name}: migration-threshold=${resource.migrationThreshold} fail-count=${scoreText(count)}`;
  return lastFailureS > 0 ? `${line} last-failure='${classicDate(lastFailureS)}'` : line;
}

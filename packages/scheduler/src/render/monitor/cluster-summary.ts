import type { Cluster } from "../../model/cluster.ts";
import { countInstances, type InstanceCounts } from "../instance-counts.ts";
import { shownNodeName } from "../node-list.ts";
import type { StatusOptions } from "../status-options.ts";
import type { TextReport } from "../text-report.ts";

/** Who leads, when it was looked at and changed, how much there is. Source: scheduler specification, part 4, 16.1. */
export function renderClusterSummary(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  shown: { readonly viewer: string | null; readonly timeText: string },
): boolean {
  report.beginList("Cluster Summary");
  report.item(clusterProperty(cluster, "cluster-infrastructure") ?? "unknown", "Stack");
  report.item(dcText(cluster, status), "Current DC");
  report.item(`${shown.timeText}${shown.viewer === null ? "" : ` on ${shown.viewer}`}`, "Last updated");
  const change = lastChangeText(cluster);
  if (change !== null) report.item(change, "Last change");
  const { length } = cluster.nodes;
  report.item(length === 1 ? "1 node configured" : `${length} nodes configured`);
  report.item(instancesText(countInstances(cluster)));
  report.endList();
  renderManagementWarning(report, cluster);
  return true;
}

function renderManagementWarning(report: TextReport, cluster: Cluster): void {
  const { isMaintenance, stopsAllResources } = cluster.options;
  if (!isMaintenance && !stopsAllResources) return;
  report.spacer();
  report.info(`${isMaintenance ? "              " : "    "}*** Resource management is DISABLED ***`);
  report.info(
    isMaintenance
      ? "  The cluster will not attempt to start, stop or recover services"
      : "  The cluster will keep all resources stopped",
  );
}

function dcText(cluster: Cluster, status: StatusOptions): string {
  if (cluster.dc === null) return "NONE";
  const version = clusterProperty(cluster, "dc-version") ?? "unknown";
  const mixed = isMixedVersion(cluster) ? "MIXED-VERSION " : "";
  const quorum = cluster.hasQuorum ? "with" : "WITHOUT";
  return `${shownNodeName(cluster.dc, status)} (version ${version}) - ${mixed}partition ${quorum} quorum`;
}

/** Nodes tell their feature set as a transient attribute. */
function isMixedVersion(cluster: Cluster): boolean {
  const versions = new Set<string>();
  for (const node of cluster.nodes) {
    const version = node.attributes.get("#feature-set");
    if (version !== undefined) versions.add(version);
  }
  return versions.size > 1;
}

function lastChangeText({ cib }: Cluster): string | null {
  const written = cib.get("cib-last-written");
  if (written === null) return null;
  let text = ` ${written}`;
  for (const [word, attribute] of [
    ["by", "update-user"],
    ["via", "update-client"],
    ["on", "update-origin"],
  ] as const) {
    const value = cib.get(attribute);
    if (value !== null && value !== "") text += ` ${word} ${value}`;
  }
  return text;
}

function instancesText({ total, disabled, blocked }: InstanceCounts): string {
  const parts: string[] = [];
  if (disabled > 0) parts.push(`${disabled} DISABLED`);
  if (blocked > 0) parts.push(`${blocked} BLOCKED from further action due to failure`);
  const noun = total === 1 ? "resource instance" : "resource instances";
  return `${total} ${noun} configured${parts.length === 0 ? "" : ` (${parts.join(", ")})`}`;
}

/** First value of a cluster property, whatever set it stands in: these are written by the cluster itself. */
function clusterProperty({ cib }: Cluster, name: string): string | null {
  const section = cib.first("configuration")?.first("crm_config");
  for (const set of section?.all("cluster_property_set") ?? []) {
    for (const nvpair of set.all("nvpair")) if (nvpair.get("name") === name) return nvpair.get("value");
  }
  return null;
}

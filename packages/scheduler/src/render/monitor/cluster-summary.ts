import { parseDurationMs } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { countInstances, type InstanceCounts } from "../instance-counts.ts";
import { shownNodeName } from "../node-list.ts";
import type { StatusOptions } from "../status-options.ts";
import type { TextReport } from "../text-report.ts";
import type { MonitorOptions } from "./monitor-options.ts";

/** Who leads, when it was looked at and changed, how much there is. Source: scheduler specification, part 4, 16.1. */
export function renderClusterSummary(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  { sections, viewer, timeText, daemonState }: MonitorOptions,
): boolean {
  const list = report.lazyList("Cluster Summary");
  const item = (text: string, name?: string) => {
    list.open();
    report.item(text, name === undefined ? {} : { name });
  };
  if (sections.has("stack")) {
    const state = daemonState === null ? "" : ` (${stateWord(daemonState)})`;
    item(`${clusterProperty(cluster, "cluster-infrastructure") ?? "unknown"}${state}`, "Stack");
  }
  if (sections.has("dc")) item(dcText(cluster, status), "Current DC");
  if (sections.has("times")) {
    item(`${timeText}${viewer === null ? "" : ` on ${viewer}`}`, "Last updated");
    const change = lastChangeText(cluster);
    if (change !== null) item(change, "Last change");
  }
  if (sections.has("counts")) {
    const { length } = cluster.nodes;
    item(length === 1 ? "1 node configured" : `${length} nodes configured`);
    item(instancesText(countInstances(cluster)));
  }
  return list.close();
}

/** `Pacemaker is running` is what scripts look for. */
function stateWord(daemonState: string): string {
  return `Pacemaker is ${daemonState}`;
}

export function renderMaintenanceWarning(report: TextReport, cluster: Cluster, hasSpacer: boolean): boolean {
  const { isMaintenance, stopsAllResources } = cluster.options;
  if (!isMaintenance && !stopsAllResources) return false;
  if (hasSpacer) report.spacer();
  report.info(`${isMaintenance ? "              " : "    "}*** Resource management is DISABLED ***`);
  report.info(
    isMaintenance
      ? "  The cluster will not attempt to start, stop or recover services"
      : "  The cluster will keep all resources stopped",
  );
  return true;
}

/** Null when nothing of it is shown. */
export function summaryElement(
  cluster: Cluster,
  { sections, viewer, timeText, daemonState }: MonitorOptions,
): XmlElement | null {
  const summary = new XmlElement("summary");
  if (sections.has("stack")) {
    const stack = new XmlElement("stack", [
      ["type", clusterProperty(cluster, "cluster-infrastructure") ?? "unknown"],
    ]);
    if (daemonState !== null) stack.set("pacemakerd-state", daemonState);
    summary.append(stack);
  }
  if (sections.has("dc")) summary.append(dcElement(cluster));
  if (sections.has("times")) {
    const update = new XmlElement("last_update", [["time", timeText]]);
    if (viewer !== null) update.set("origin", viewer);
    summary.append(update);
    const change = new XmlElement("last_change", [["time", cluster.cib.get("cib-last-written") ?? ""]]);
    for (const [name, attribute] of [
      ["user", "update-user"],
      ["client", "update-client"],
      ["origin", "update-origin"],
    ] as const) {
      change.set(name, cluster.cib.get(attribute) ?? "");
    }
    summary.append(change);
  }
  if (sections.has("counts")) {
    const { total, disabled, blocked } = countInstances(cluster);
    summary.append(new XmlElement("nodes_configured", [["number", String(cluster.nodes.length)]]));
    summary.append(
      new XmlElement("resources_configured", [
        ["number", String(total)],
        ["disabled", String(disabled)],
        ["blocked", String(blocked)],
      ]),
    );
  }
  if (sections.has("options")) summary.append(optionsElement(cluster));
  return summary.children.length === 0 ? null : summary;
}

function dcElement(cluster: Cluster): XmlElement {
  const { dc } = cluster;
  if (dc === null) return new XmlElement("current_dc", [["present", "false"]]);
  return new XmlElement("current_dc", [
    ["present", "true"],
    ["version", clusterProperty(cluster, "dc-version") ?? ""],
    ["name", dc.name],
    ["id", dc.id],
    ["with_quorum", String(cluster.hasQuorum)],
    ["mixed_version", String(isMixedVersion(cluster))],
  ]);
}

/** Both the names of today and the old ones. */
function optionsElement({ options }: Cluster): XmlElement {
  const fencing = String(options.isFencingEnabled);
  const timeoutMs = String(parseDurationMs(options.fencingTimeout) ?? 0);
  return new XmlElement("cluster_options", [
    ["fencing-enabled", fencing],
    ["fencing-timeout-ms", timeoutMs],
    ["symmetric-cluster", String(options.isSymmetric)],
    ["no-quorum-policy", options.noQuorumPolicy],
    ["maintenance-mode", String(options.isMaintenance)],
    ["stop-all-resources", String(options.stopsAllResources)],
    ["priority-fencing-delay-ms", String(options.priorityFencingDelayMs)],
    ["stonith-enabled", fencing],
    ["stonith-timeout-ms", timeoutMs],
  ]);
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

import { isActive } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { nodeStatusText, nodeTypeName, shownNodeName } from "../node-list.ts";
import { stateLine } from "../primitive-line.ts";
import { shownResourceName } from "../resource-facts.ts";
import { renderResource } from "../resource-list.ts";
import type { StatusOptions } from "../status-options.ts";
import type { TextReport } from "../text-report.ts";

/** Every node with what is active there. Source: scheduler specification, part 4, 16.3. */
export function renderNodesWithResources(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  hasSpacer: boolean,
): boolean {
  if (cluster.nodes.length === 0) return false;
  if (hasSpacer) report.spacer();
  report.beginList("Node List");
  for (const node of cluster.nodes) {
    report.beginList(
      `${nodeTypeName(node)} ${shownNodeName(node, status)}: ${nodeStatusText(cluster, node)}`,
    );
    report.beginList("Resources");
    for (const resource of node.activePrimitives) {
      if (!isShown(resource, status)) continue;
      const description = resource.xml.get("description");
      const line = stateLine(cluster, resource, status, { name: shownResourceName(resource), node: null });
      report.item(description === null ? line : `${line} (${description})`);
    }
    report.endList();
    report.endList();
  }
  report.endList();
  return true;
}

/** What runs nowhere. */
export function renderInactiveResources(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  hasSpacer: boolean,
): boolean {
  if (hasSpacer) report.spacer();
  report.beginList("Inactive Resources");
  let isEmpty = true;
  for (const resource of cluster.resources) {
    if (isActive(resource, false) || hasFlags(resource, ResourceFlag.Removed)) continue;
    if (renderResource(report, cluster, resource, status)) isEmpty = false;
  }
  if (isEmpty) report.item("No inactive resources");
  report.endList();
  return true;
}

function isShown(resource: Resource, status: StatusOptions): boolean {
  const isConnection = hasFlags(resource, ResourceFlag.Internal) && resource.primitive?.type === "remote";
  return !isConnection || status.showsImplicit;
}

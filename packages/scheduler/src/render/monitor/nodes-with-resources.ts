import type { Cluster } from "../../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { renderBriefOfNode } from "../brief-lines.ts";
import { nodeLine } from "../node-list.ts";
import { stateLine } from "../primitive-line.ts";
import { shownResourceName } from "../resource-facts.ts";
import { isIncluded, isNodeIncluded } from "../status-filter.ts";
import type { StatusOptions } from "../status-options.ts";
import type { TextReport } from "../text-report.ts";

/** Every node with what is active there. Source: scheduler specification, part 4, 16.3. */
export function renderNodesWithResources(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  hasSpacer: boolean,
): boolean {
  const list = report.lazyList("Node List", { hasSpacer });
  const shown = { ...status, showsDescriptions: true };
  for (const node of cluster.nodes) {
    if (!isNodeIncluded(status.filter, node)) continue;
    const resources = node.activePrimitives.filter((resource) =>
      isIncluded(status.filter, resource, "with parents"),
    );
    if (status.isBrief && resources.length === 0) continue;
    list.open();
    report.beginList(nodeLine(cluster, node, status));
    report.beginList("Resources");
    if (status.isBrief) renderBriefOfNode(report, resources);
    else {
      for (const resource of resources) {
        if (!isShown(resource, status)) continue;
        report.item(stateLine(cluster, resource, shown, { name: shownResourceName(resource), node: null }));
      }
    }
    report.endList();
    report.endList();
  }
  return list.close();
}

function isShown(resource: Resource, status: StatusOptions): boolean {
  const isConnection = hasFlags(resource, ResourceFlag.Internal) && resource.primitive?.type === "remote";
  return !isConnection || status.showsImplicit;
}

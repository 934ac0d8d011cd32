import { currentNode, isActive } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { renderClone } from "./clone-lines.ts";
import { primitiveLine, stateLine } from "./primitive-line.ts";
import { inParentheses, isDisabled, managementText } from "./resource-facts.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/**
 * The section that lists all resources. Returns whether anything was printed. Source: scheduler specification,
 * part 4, 4.2.
 */
export function renderResourceList(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
  emptyText = "No resources",
): boolean {
  if (hasSpacer) report.spacer();
  report.beginList(options.showsInactive ? "Full List of Resources" : "Active Resources");
  let isEmpty = true;
  for (const resource of cluster.resources) {
    if (!isListed(resource, options)) continue;
    if (renderResource(report, cluster, resource, options)) isEmpty = false;
  }
  if (isEmpty) report.item(emptyText);
  report.endList();
  return true;
}

function isListed(resource: Resource, options: StatusOptions): boolean {
  const isPartlyActive = isActive(resource, false);
  if (hasFlags(resource, ResourceFlag.Removed) && !isPartlyActive) return false;
  if (isPartlyActive) return resource.activeNodes.length > 0;
  return options.showsInactive;
}

/** Returns whether anything was printed. */
export function renderResource(
  report: TextReport,
  cluster: Cluster,
  resource: Resource,
  options: StatusOptions,
): boolean {
  switch (resource.variant) {
    case Variant.Primitive:
      if (hasFlags(resource, ResourceFlag.Internal) && !options.showsImplicit) return false;
      report.item(primitiveLine(cluster, resource, options));
      return true;
    case Variant.Group:
      return renderGroup(report, cluster, resource, options);
    case Variant.Clone:
      return renderClone(report, cluster, resource, options);
    case Variant.Bundle:
      return renderBundle(report, cluster, resource, options);
  }
}

/** Source: part 4, 4.4. */
export function renderGroup(
  report: TextReport,
  cluster: Cluster,
  group: Resource,
  options: StatusOptions,
): boolean {
  const words = inParentheses([isDisabled(group) ? "disabled" : null, managementText(group)]);
  const list = report.lazyList(`Resource Group: ${group.id}${words}`);
  for (const member of group.children) {
    if (!options.showsInactive && !isActive(member, true)) continue;
    list.open();
    report.item(primitiveLine(cluster, member, options));
  }
  return list.close();
}

/** Source: part 4, 4.6. */
function renderBundle(
  report: TextReport,
  cluster: Cluster,
  resource: Resource,
  options: StatusOptions,
): boolean {
  const bundle = resource.bundle!;
  const kind = bundle.replicas.length > 1 ? "Container bundle set" : "Container bundle";
  const unique = hasFlags(resource, ResourceFlag.Unique) ? " (unique)" : "";
  const list = report.lazyList(
    `${kind}: ${resource.id} [${bundle.image}]${unique}${inParentheses([managementText(resource)])}`,
  );
  for (const replica of bundle.replicas) {
    list.open();
    if (options.showsImplicit) {
      report.beginList(bundle.replicas.length > 1 ? `Replica[${replica.number}]` : null);
      for (const part of [replica.ip, replica.instance, replica.container, replica.connection]) {
        if (part !== null) renderResource(report, cluster, part, options);
      }
      report.endList();
      continue;
    }
    const name = (replica.connection ?? replica.container).id;
    const address = replica.address === null ? "" : ` (${replica.address})`;
    const shown = replica.instance ?? replica.container;
    const node = currentNode(replica.container) ?? shown.pendingNode ?? shown.lockNode;
    report.item(stateLine(cluster, shown, options, { name: name + address, node }));
  }
  return list.close();
}

import { currentNode, isActive } from "../model/activity.ts";
import type { BundleReplica } from "../model/bundle.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { briefPrimitives, renderBrief } from "./brief-lines.ts";
import { renderClone } from "./clone-lines.ts";
import { primitiveLine, stateLine } from "./primitive-line.ts";
import { descriptionText, inParentheses, isDisabled, managementText } from "./resource-facts.ts";
import { isElsewhere, isIncluded, isNamed, isPartShown, runsOnIncluded } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { ItemKind, TextReport } from "./text-report.ts";

/**
 * The section that lists all resources, or only those that are not fully active, when the others stand under their nodes
 * already. Returns whether anything was printed. Source: scheduler specification, part 4, 4.2.
 */
export function renderResourceList(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
  content: { readonly what: "all" | "not fully active"; readonly emptyText: string } = {
    what: "all",
    emptyText: "No resources",
  },
): boolean {
  if (hasSpacer) report.spacer();
  const isAll = content.what === "all";
  report.beginList(listTitle(isAll, options));
  let isEmpty = true;
  if (isAll && options.isBrief)
    isEmpty = !renderBrief(report, briefPrimitives(cluster.resources, options), options);
  for (const resource of cluster.resources) {
    if (isAll && options.isBrief && resource.variant === Variant.Primitive) continue;
    if (!isAll && isActive(resource, true)) continue;
    if (!isListed(resource, options)) continue;
    if (renderResource(report, cluster, resource, options)) isEmpty = false;
  }
  if (isEmpty) report.item(content.emptyText);
  report.endList();
  return true;
}

function listTitle(isAll: boolean, { showsInactive }: StatusOptions): string {
  if (!isAll) return "Inactive Resources";
  return showsInactive ? "Full List of Resources" : "Active Resources";
}

export function isListed(resource: Resource, options: StatusOptions): boolean {
  const isPartlyActive = isActive(resource, false);
  if (hasFlags(resource, ResourceFlag.Removed) && !isPartlyActive) return false;
  return isPartlyActive ? runsOnIncluded(options.filter, resource) : options.showsInactive;
}

/** Returns whether anything was printed. */
export function renderResource(
  report: TextReport,
  cluster: Cluster,
  resource: Resource,
  options: StatusOptions,
): boolean {
  if (!isIncluded(options.filter, resource, "with parents")) return false;
  switch (resource.variant) {
    case Variant.Primitive:
      if (hasFlags(resource, ResourceFlag.Internal) && !options.showsImplicit) return false;
      report.item(primitiveLine(cluster, resource, options), { kind: resourceKind(resource) });
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
function renderGroup(report: TextReport, cluster: Cluster, group: Resource, options: StatusOptions): boolean {
  const { filter, showsInactive } = options;
  const inactiveCount = showsInactive ? 0 : group.children.filter((member) => !isActive(member, true)).length;
  const words = inParentheses([
    inactiveCount === 0 ? null : `${inactiveCount} member${inactiveCount === 1 ? "" : "s"} inactive`,
    isDisabled(group) ? "disabled" : null,
    managementText(group),
  ]);
  const description = descriptionText(group, options.showsDescriptions);
  const list = report.lazyList(`Resource Group: ${group.id}${words}${description}`);
  if (options.isBrief) {
    const members = briefPrimitives(group.children, options);
    if (members.length > 0) {
      list.open();
      renderBrief(report, members, { showsInactive: true });
    }
    return list.close();
  }
  const context = { isWholeNamed: isNamed(filter, group), showsInactive };
  for (const member of group.children) {
    if (!isPartShown(filter, member, context)) continue;
    list.open();
    report.item(primitiveLine(cluster, member, options), { kind: resourceKind(member) });
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
  const isSet = bundle.replicas.length > 1;
  const unique = hasFlags(resource, ResourceFlag.Unique) ? " (unique)" : "";
  const words = inParentheses([managementText(resource)]);
  const description = descriptionText(resource, options.showsDescriptions);
  const list = report.lazyList(
    `Container bundle${isSet ? " set" : ""}: ${resource.id} [${bundle.image}]${unique}${words}${description}`,
  );
  const isWholeNamed = isNamed(options.filter, resource);
  for (const replica of bundle.replicas) {
    if (isElsewhere(options.filter, replica.container)) continue;
    const parts = shownParts(resource, replica, options);
    if (parts.length === 0) continue;
    list.open();
    if (options.showsImplicit || !isWholeNamed) {
      if (isSet) report.item(`Replica[${replica.number}]`);
      report.beginList(null);
      for (const part of parts)
        report.item(primitiveLine(cluster, part, options), { kind: resourceKind(part) });
      report.endList();
      continue;
    }
    const name = (replica.connection ?? replica.container).id;
    const address = replica.address === null ? "" : ` (${replica.address})`;
    const shown = replica.instance ?? replica.container;
    const node = currentNode(replica.container) ?? shown.pendingNode ?? shown.lockNode;
    const line = stateLine(cluster, shown, options, { name: name + address, node });
    report.item(line, { kind: resourceKind(shown) });
  }
  return list.close();
}

/** The parts of a replica that belong to what is shown, in the order in which they are shown. */
export function shownParts(bundle: Resource, replica: BundleReplica, { filter }: StatusOptions): Resource[] {
  const scope = isNamed(filter, bundle) ? "with parents" : "itself";
  return [replica.ip, replica.instance, replica.container, replica.connection].filter(
    (part) => part !== null && isIncluded(filter, part, scope),
  ) as Resource[];
}

/** For forms with colours. */
function resourceKind(resource: Resource): ItemKind {
  if (hasFlags(resource, ResourceFlag.Failed)) {
    return hasFlags(resource, ResourceFlag.IgnoreFailure) ? "failure ignored" : "failed";
  }
  if (!hasFlags(resource, ResourceFlag.Managed)) return "unmanaged";
  return resource.activeNodes.length > 1 ? "multiple" : "ok";
}

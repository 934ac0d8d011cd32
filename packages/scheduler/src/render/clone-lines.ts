import { isActive, locationsOf, roleOf } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { parseRole, Role } from "../model/role.ts";
import { exitText } from "./outcome-text.ts";
import { descriptionText, inParentheses, isDisabled, managementText, maskedProbe } from "./resource-facts.ts";
import { renderResource } from "./resource-list.ts";
import { isElsewhere, isIncluded, isNamed, isNodeIncluded } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/**
 * A clone: instances that need attention in full, the others as lists of nodes. Source: scheduler specification,
 * part 4, 4.5.
 */
export function renderClone(
  report: TextReport,
  cluster: Cluster,
  resource: Resource,
  options: StatusOptions,
): boolean {
  const isUnique = hasFlags(resource, ResourceFlag.Unique);
  const isPromotable = hasFlags(resource, ResourceFlag.Promotable);
  const words = inParentheses([
    isPromotable ? "promotable" : null,
    isUnique ? "unique" : null,
    isDisabled(resource) ? "disabled" : null,
    managementText(resource),
  ]);
  const { filter } = options;
  const description = descriptionText(resource, options.showsDescriptions);
  const list = report.lazyList(
    `Clone Set: ${resource.id} [${resource.clone!.template.id}]${words}${description}`,
  );
  const scope = isNamed(filter, resource) ? "with parents" : "itself";
  // What an instance is made of is shown whole, once the instance is.
  const inside = { ...options, filter: { ...filter, resources: null } };
  const promoted = new Set<ClusterNode>();
  const started = new Set<ClusterNode>();
  for (const instance of resource.children) {
    if (isElsewhere(filter, instance) || !isIncluded(filter, instance, scope)) continue;
    switch (collapse(resource, instance, options)) {
      case "full":
        list.open();
        renderResource(report, cluster, instance, inside);
        break;
      case "promoted":
        promoted.add(locationsOf(instance, "current")[0]!);
        break;
      case "started":
        started.add(locationsOf(instance, "current")[0]!);
        break;
      case "hidden":
        break;
    }
  }

  if (options.showsCloneDetail) {
    if (options.showsInactive) list.open();
    return list.close();
  }
  const nodeLine = (label: string, isMeant: (node: ClusterNode) => boolean): void => {
    const names = cluster.nodes
      .filter((node) => isNodeIncluded(filter, node) && isMeant(node))
      .map((node) => node.name);
    if (names.length === 0) return;
    list.open();
    report.item(`[ ${names.join(" ")} ]`, { name: label });
  };
  nodeLine("Promoted", (node) => promoted.has(node));
  nodeLine(startedLabel(resource, isPromotable), (node) => started.has(node));
  const printedCount = cluster.nodes.filter((node) => promoted.has(node) || started.has(node)).length;
  if (options.showsInactive && !isUnique && resource.clone!.max > printedCount) {
    const texts = stoppedTexts(cluster, resource);
    for (const text of [...new Set(texts.values())].sort(byBytes)) {
      nodeLine(text, (node) => texts.get(node) === text);
    }
  }
  if (options.showsInactive) list.open();
  return list.close();
}

type Collapse = "full" | "promoted" | "started" | "hidden";

/** Whether an instance is shown in full, in a list of nodes or not at all. Part 4, 4.5.2. */
function collapse(clone: Resource, instance: Resource, options: StatusOptions): Collapse {
  const isPartlyActive = isActive(instance, false);
  if (hasFlags(clone, ResourceFlag.Unique) || options.showsCloneDetail) {
    if (options.showsCloneDetail) return "full";
    return isPartlyActive || !hasFlags(clone, ResourceFlag.Removed) ? "full" : "hidden";
  }
  if (options.showsPending && instance.pendingOperation !== null) return "full";
  if (!isPartlyActive) return "hidden";
  if (needsAttention(instance)) return "full";
  if (!isActive(instance, true)) return "full";
  const nodes = locationsOf(instance, "current");
  const [node] = nodes;
  if (nodes.length !== 1 || node === undefined) return "full";
  if (!hasNodeFlags(node, NodeFlag.Online) && hasNodeFlags(node, NodeFlag.Unclean)) return "full";
  return roleOf(instance) > Role.Unpromoted ? "promoted" : "started";
}

/** Any part is removed, unmanaged or failed. */
function needsAttention(resource: Resource): boolean {
  return (
    (resource.flags & (ResourceFlag.Removed | ResourceFlag.Failed)) !== 0 ||
    !hasFlags(resource, ResourceFlag.Managed) ||
    resource.children.some(needsAttention)
  );
}

function configuredTargetRole(clone: Resource): Role | null {
  const value = clone.meta.get("target-role") ?? clone.children[0]?.meta.get("target-role");
  return value === undefined ? null : parseRole(value);
}

function startedLabel(clone: Resource, isPromotable: boolean): string {
  if (!isPromotable) return "Started";
  return configuredTargetRole(clone) === Role.Unpromoted ? "Unpromoted (target-role)" : "Unpromoted";
}

/** The nodes where the clone could be but is not, each with the state that it has there. Part 4, 4.5.3 step 3. */
function stoppedTexts(cluster: Cluster, clone: Resource): Map<ClusterNode, string> {
  const active = new Set(locationsOf(clone, "current"));
  const candidates = clone.allowedNodes.size > 0 ? clone.allowedNodes.nodes : [...clone.knownNodes];
  const otherwise = configuredTargetRole(clone) === Role.Stopped ? "Stopped (disabled)" : "Stopped";
  const texts = new Map<ClusterNode, string>();
  for (const node of candidates) {
    if (active.has(node)) continue;
    const probe = maskedProbe(cluster, clone.children[0] ?? clone, node);
    texts.set(node, probe === null ? otherwise : `Stopped (${exitText(probe.entry.exitStatus ?? 0)})`);
  }
  return texts;
}

function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

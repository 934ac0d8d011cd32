import { isActive } from "../model/activity.ts";
import { topOf, topWithBundle } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { type Resource, Variant } from "../model/resource.ts";
import { shownResourceName } from "./resource-facts.ts";

/** What a status is limited to. Null: everything. */
export interface StatusFilter {
  readonly nodes: ReadonlySet<ClusterNode> | null;
  /** Names of resources as they are shown, or ids of single instances. */
  readonly resources: ReadonlySet<string> | null;
}

export const NO_FILTER: StatusFilter = { nodes: null, resources: null };

/**
 * The filter that a person means by a node (or a tag of nodes) and a resource (or a tag of resources). A name that
 * nothing has selects nothing. Source: crm_mon(8), `--node` and `--resource`.
 */
export function statusFilter(
  cluster: Cluster,
  asked: { readonly node: string | null; readonly resource: string | null },
): StatusFilter {
  return {
    nodes: asked.node === null || asked.node === "*" ? null : nodesNamed(cluster, asked.node),
    resources:
      asked.resource === null || asked.resource === "*" ? null : resourcesNamed(cluster, asked.resource),
  };
}

function nodesNamed(cluster: Cluster, name: string): Set<ClusterNode> {
  const node = cluster.lookup.nodeByName(name);
  if (node !== null) return new Set([node]);
  const tagged = (cluster.tags.get(name) ?? []).map(
    (id) => cluster.lookup.nodeById(id) ?? cluster.lookup.nodeByName(id),
  );
  return new Set(tagged.filter((found) => found !== null));
}

/** An id with a colon means that one instance; any other name means all instances. */
function resourcesNamed(cluster: Cluster, name: string): Set<string> {
  const found = findResource(cluster, name);
  if (found !== null) return new Set([name.includes(":") ? name : shownResourceName(found)]);
  const tagged = (cluster.tags.get(name) ?? []).map((id) => findResource(cluster, id));
  return new Set(tagged.filter((resource) => resource !== null).map(shownResourceName));
}

function findResource(cluster: Cluster, name: string): Resource | null {
  return (
    cluster.lookup.resourceById(name) ??
    cluster.lookup.resource(name) ??
    cluster.resourcesByIndex.find((resource) => resource.configuredId === name) ??
    null
  );
}

export function isNodeIncluded({ nodes }: StatusFilter, node: ClusterNode): boolean {
  return nodes === null || nodes.has(node);
}

/** Whether the resource itself is named, by the name that is shown or by its id. */
export function isNamed({ resources }: StatusFilter, resource: Resource): boolean {
  return resources === null || resources.has(shownResourceName(resource)) || resources.has(resource.id);
}

/**
 * Whether a resource belongs to what is shown: named itself, or a part of it is, or (unless only the resource itself is
 * asked about) what it belongs to is.
 */
export function isIncluded(
  filter: StatusFilter,
  resource: Resource,
  scope: "with parents" | "itself",
): boolean {
  if (isNamed(filter, resource)) return true;
  switch (resource.variant) {
    case Variant.Primitive:
      return (
        scope === "with parents" &&
        resource.parent !== null &&
        isIncluded(filter, topWithBundle(resource), "itself")
      );
    case Variant.Group:
    case Variant.Clone:
      return (
        (scope === "with parents" && isNamed(filter, topOf(resource))) ||
        resource.children.some((child) => isIncluded(filter, child, "itself"))
      );
    case Variant.Bundle:
      return resource.bundle!.replicas.some((replica) =>
        [replica.ip, replica.instance, replica.container, replica.connection].some(
          (part) => part !== null && isIncluded(filter, part, "itself"),
        ),
      );
  }
}

/** Whether the history of a resource belongs to what is shown. Members of a group are looked at one by one. */
export function isHistoryIncluded(filter: StatusFilter, resource: Resource): boolean {
  if (topOf(resource).variant !== Variant.Group) return isIncluded(filter, resource, "with parents");
  return isNamed(filter, resource) || isNamed(filter, topOf(resource));
}

/** Active, but only on nodes that are not shown. */
export function isElsewhere(filter: StatusFilter, resource: Resource): boolean {
  return isActive(resource, false) && !runsOnIncluded(filter, resource);
}

export function runsOnIncluded(filter: StatusFilter, resource: Resource): boolean {
  return resource.activeNodes.some((node) => isNodeIncluded(filter, node));
}

/** Whether a part of a collective is shown, for forms that leave parts out. */
export function isPartShown(
  filter: StatusFilter,
  part: Resource,
  context: { readonly isWholeNamed: boolean; readonly showsInactive: boolean },
): boolean {
  const isPartIncluded = isIncluded(filter, part, "itself");
  if (filter.resources !== null && isPartIncluded) return true;
  if (!isPartIncluded && !context.isWholeNamed) return false;
  return context.showsInactive || isActive(part, false);
}

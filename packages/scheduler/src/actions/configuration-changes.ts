import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { failCount } from "../model/fail-counts.ts";
import type { HistoryEntry, ResourceHistory } from "../model/history-entry.ts";
import { type ClusterNode, isAvailable, NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { orderTasks } from "../orderings/add-ordering.ts";
import { clearFailCount } from "./clear-fail-count.ts";
import { cancelFromHistory, hasDefinitionChanged } from "./definition-check.ts";
import { requestResourceAction } from "./request-action.ts";
import { triggerUnfencing } from "./unfencing.ts";

/**
 * Compares what ran on the nodes with what is configured now, and schedules restarts, reloads, cancellations and
 * clean-ups for what differs. Nodes that are in standby, shut down or are unclean are left alone.
 * Source: part 3, 12.
 */
export function checkConfigurationChanges(cluster: Cluster): void {
  const resources = resourcesByHistoryId(cluster);
  for (const node of cluster.nodes) {
    if ((node.flags & NodeFlag.Maintenance) === 0 && !isAvailable(node)) continue;
    for (const history of cluster.history.ofNode(node.name)) {
      if (history.xml.elements().length === 0) continue;
      const candidates = resources.get(history.id) ?? [];
      for (let i = candidates.length - 1; i >= 0; i--) {
        checkHistory(cluster, candidates[i] as Resource, node, history);
      }
    }
  }
}

/** Primitives by the ids under which history may know them, each resource before its children. */
function resourcesByHistoryId(cluster: Cluster): ReadonlyMap<string, readonly Resource[]> {
  const index = new Map<string, Resource[]>();
  const add = (id: string, resource: Resource): void => {
    const known = index.get(id);
    if (known === undefined) index.set(id, [resource]);
    else known.push(resource);
  };
  const collect = (resource: Resource): void => {
    if (resource.variant === Variant.Primitive) {
      add(resource.id, resource);
      const name = resource.historyName;
      if (name !== null && name !== resource.id) add(name, resource);
    }
    for (const child of resource.children) collect(child);
  };
  for (const resource of cluster.resources) collect(resource);
  return index;
}

/** Source: part 3, 12.1. */
function checkHistory(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  history: ResourceHistory,
): void {
  if (hasFlags(resource, ResourceFlag.Removed)) {
    const top = topOf(resource);
    const isAnonymousInstance = top.clone !== null && !hasFlags(top, ResourceFlag.Unique);
    if (!isAnonymousInstance) cleanUp(cluster, resource, node);
    return;
  }
  if (!resource.activeNodes.includes(node)) {
    if (hasAgentChanged(cluster, resource, node, history)) cleanUp(cluster, resource, node);
    return;
  }
  if (hasAgentChanged(cluster, resource, node, history)) cleanUp(cluster, resource, node);
  const { sorted: entries, start, stop } = history;
  if (start < stop) return;
  const isInMaintenance =
    hasFlags(resource, ResourceFlag.Maintenance) || (node.flags & NodeFlag.Maintenance) !== 0;
  for (let i = Math.max(start, 0); i < entries.length; i++) {
    checkEntry(cluster, resource, node, { entry: entries[i] as HistoryEntry, isInMaintenance });
  }
}

const CHECKED_TASKS: ReadonlySet<string> = new Set(["monitor", "start", "promote", "migrate_from"]);

function checkEntry(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  facts: { readonly entry: HistoryEntry; readonly isInMaintenance: boolean },
): void {
  const { entry } = facts;
  if (entry.intervalMs > 0 && facts.isInMaintenance) {
    cancelFromHistory(cluster, resource, node, entry);
    return;
  }
  if (entry.intervalMs === 0 && !CHECKED_TASKS.has(entry.operation.toLowerCase())) return;
  if (hasFlags(resource, ResourceFlag.AddressIsNodeName)) {
    cluster.deferredChecks.push({ resource, node, entry, kind: "active" });
    return;
  }
  checkActiveEntry(cluster, resource, node, entry);
}

/** Checks an entry, and forgets the failures that were made with another definition. */
export function checkActiveEntry(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry,
): void {
  if (!hasDefinitionChanged(cluster, resource, node, entry)) return;
  if (failCount(cluster, resource, node, { isEffective: true }).count !== 0) {
    clearFailCount(cluster, resource, node);
  }
}

/** Whether history was made by another agent; if it is active here it has to stop. Source: part 3, 12.4. */
function hasAgentChanged(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  history: ResourceHistory,
): boolean {
  let hasChanged = false;
  for (const name of ["type", "class", "provider"]) {
    if ((resource.xml.get(name) ?? "") === (history.xml.get(name) ?? "")) continue;
    hasChanged = true;
    triggerUnfencing(cluster, { resource, node: null, reason: { kind: "Device definition changed" } });
  }
  if (hasChanged && resource.activeNodes.includes(node)) {
    requestResourceAction(cluster, resource, "stop", { node, isOptional: false });
    resource.flags |= ResourceFlag.StartPending;
  }
  return hasChanged;
}

/** Lets the node forget the resource. Source: part 3, 12.5. */
function cleanUp(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  if (hasFlags(resource, ResourceFlag.Failed)) return;
  if ((node.flags & (NodeFlag.Unclean | NodeFlag.Online)) !== NodeFlag.Online) return;
  requestResourceAction(cluster, resource, "delete", { node, isOptional: false });
  orderTasks(cluster, [resource, "stop"], [resource, "delete"], RelationKind.Ordered);
  orderTasks(cluster, [resource, "delete"], [resource, "start"], RelationKind.Ordered);
}

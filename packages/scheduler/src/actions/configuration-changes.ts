import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { failCount } from "../model/fail-counts.ts";
import { agentOf } from "../model/history/entries.ts";
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
      if (!history.hasElements) continue;
      const candidates = resources.get(history.id) ?? NOBODY;
      for (let i = candidates.length - 1; i >= 0; i--) {
        const { resource, agent } = candidates[i] as Candidate;
        checkHistory(cluster, resource, node, { history, hasAgentChanged: agent !== history.agent });
      }
    }
  }
}

interface Candidate {
  readonly resource: Resource;
  /** See `agentOf`. */
  readonly agent: string;
}

const NOBODY: readonly Candidate[] = [];

/** Primitives by the ids under which history may know them, each resource before its children. */
function resourcesByHistoryId(cluster: Cluster): ReadonlyMap<string, readonly Candidate[]> {
  const index = new Map<string, Candidate[]>();
  const add = (id: string, candidate: Candidate): void => {
    const known = index.get(id);
    if (known === undefined) index.set(id, [candidate]);
    else known.push(candidate);
  };
  const collect = (resource: Resource): void => {
    if (resource.variant === Variant.Primitive) {
      const candidate = { resource, agent: agentOf(resource.xml) };
      add(resource.id, candidate);
      const name = resource.historyName;
      if (name !== null && name !== resource.id) add(name, candidate);
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
  facts: { readonly history: ResourceHistory; readonly hasAgentChanged: boolean },
): void {
  if (hasFlags(resource, ResourceFlag.Removed)) {
    const top = topOf(resource);
    const isAnonymousInstance = top.clone !== null && !hasFlags(top, ResourceFlag.Unique);
    if (!isAnonymousInstance) cleanUp(cluster, resource, node);
    return;
  }
  if (facts.hasAgentChanged) {
    replaceAgent(cluster, resource, node, facts.history);
    cleanUp(cluster, resource, node);
  }
  if (!resource.activeNodes.includes(node)) return;
  const { sorted: entries, start, stop } = facts.history;
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

/** History was made by another agent: what is active here has to stop. Source: part 3, 12.4. */
function replaceAgent(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  history: ResourceHistory,
): void {
  for (const name of ["type", "class", "provider"]) {
    if ((resource.xml.get(name) ?? "") === (history.xml.get(name) ?? "")) continue;
    triggerUnfencing(cluster, { resource, node: null, reason: { kind: "Device definition changed" } });
  }
  if (resource.activeNodes.includes(node)) {
    requestResourceAction(cluster, resource, "stop", { node, isOptional: false });
    resource.flags |= ResourceFlag.StartPending;
  }
}

/** Lets the node forget the resource. Source: part 3, 12.5. */
function cleanUp(cluster: Cluster, resource: Resource, node: ClusterNode): void {
  if (hasFlags(resource, ResourceFlag.Failed)) return;
  if ((node.flags & (NodeFlag.Unclean | NodeFlag.Online)) !== NodeFlag.Online) return;
  requestResourceAction(cluster, resource, "delete", { node, isOptional: false });
  orderTasks(cluster, [resource, "stop"], [resource, "delete"], RelationKind.Ordered);
  orderTasks(cluster, [resource, "delete"], [resource, "start"], RelationKind.Ordered);
}

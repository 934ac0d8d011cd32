import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { forEachLeaf, topOf } from "../model/ancestry.ts";
import { checkpoint } from "../model/checkpoint.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode, NodeFlag, ProbeMode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addOrdering, orderTasks, sideOf, sideOfAction } from "../orderings/add-ordering.ts";
import { expectResult } from "./action-meta.ts";
import { connectionState } from "./connection-state.ts";
import { isReloaded, RELOAD } from "./definition-check.ts";
import { requestFencing } from "./fencing.ts";
import { probeBundle } from "./probe-bundle.ts";
import { probeClone } from "./probe-clone.ts";
import { requestResourceAction } from "./request-action.ts";
import { orderAfterUnfencing } from "./unfencing.ts";

/** Finds out what runs where nothing is known about it. Source: part 3, 14. */
export function createProbes(cluster: Cluster): void {
  if (!cluster.options.probesAtStartup) return;
  const exceptions = probedByException(cluster);
  let areInstancesSorted = false;
  for (const node of cluster.nodes) {
    checkpoint(cluster);
    if ((node.flags & NodeFlag.Online) === 0) {
      fenceIfUnrecoverable(cluster, node);
      continue;
    }
    if ((node.flags & NodeFlag.Unclean) !== 0) continue;
    if ((node.flags & NodeFlag.ProbesAllowed) === 0) continue;
    // Probing a clone sorts its instances: so the first node is asked about everything, whatever is probed there.
    const isPassedOver = areInstancesSorted && node.probeMode === ProbeMode.Never;
    const resources = isPassedOver ? exceptions.get(node) : cluster.resources;
    for (const resource of resources ?? []) probe(cluster, resource, node);
    areInstancesSorted = true;
  }
}

/**
 * For each node on which nothing is probed by default, the top-level resources that have a say of their own about it, in their order. Each
 * bundle has such nodes for its replicas, and hardly anything else can run there: asking every resource about each of them takes the
 * square of the number of bundles. A clone that is probed exclusively is always asked: it sorts its instances, or gives up a node, only then.
 */
function probedByException(cluster: Cluster): ReadonlyMap<ClusterNode, readonly Resource[]> {
  const nodes = cluster.nodes.filter(({ probeMode }) => probeMode === ProbeMode.Never);
  const exceptions = new Map<ClusterNode, Resource[]>(nodes.map((node) => [node, []]));
  if (nodes.length === 0) return exceptions;
  for (const top of cluster.resources) {
    const isAlwaysAsked = top.clone !== null && hasFlags(top, ResourceFlag.ExclusiveProbes);
    const asked = new Set<ClusterNode>(isAlwaysAsked ? nodes : []);
    forEachLeaf(top, ({ allowedNodes }) => {
      for (const node of allowedNodes.nodes) if (node.probeMode === ProbeMode.Never) asked.add(node);
    });
    for (const node of asked) exceptions.get(node)?.push(top);
  }
  return exceptions;
}

function fenceIfUnrecoverable(cluster: Cluster, node: ClusterNode): void {
  const connection = node.connection;
  if (node.kind !== "remote" || isGuestNode(node) || connection === null) return;
  if (connectionState(connection, node) === "failed") {
    requestFencing(cluster, node, { kind: "the connection is unrecoverable" });
  }
}

/** Probes a resource of any kind on the node; false when nothing was to be probed. */
export function probe(cluster: Cluster, resource: Resource, node: ClusterNode): boolean {
  if (resource.bundle !== null) return probeBundle(cluster, resource.bundle, node);
  if (resource.clone !== null) return probeClone(cluster, resource, node);
  if (isNeverProbedOn(resource, node)) return false;
  if (resource.group !== null) {
    let isAnyProbed = false;
    for (const member of resource.children) {
      if (probe(cluster, member, node)) isAnyProbed = true;
    }
    return isAnyProbed;
  }
  return probePrimitive(cluster, resource, node);
}

/** Source: part 3, 14.2 step 1. */
function isNeverProbedOn(resource: Resource, node: ClusterNode): boolean {
  if (node.kind !== "remote") return false;
  if (hasFlags(resource, ResourceFlag.FenceDevice)) return true;
  if (isGuestNode(node) && launchesConnection(resource)) return true;
  return hasFlags(resource, ResourceFlag.RemoteConnection);
}

function launchesConnection(resource: Resource): boolean {
  return resource.launched.some((launched) => hasFlags(launched, ResourceFlag.RemoteConnection));
}

function probePrimitive(cluster: Cluster, resource: Resource, node: ClusterNode): boolean {
  if (resource.launcher !== null && !hasFlags(resource, ResourceFlag.RemoteConnection)) return false;
  if (hasFlags(resource, ResourceFlag.Removed)) return false;
  if (resource.knownNodes.has(node)) return false;
  const top = topOf(resource);
  const allowed = resource.allowedNodes;
  const mode = allowed.has(node) ? allowed.probeMode(node) : node.probeMode;
  const isExclusive =
    hasFlags(resource, ResourceFlag.ExclusiveProbes) || hasFlags(top, ResourceFlag.ExclusiveProbes);
  if (isExclusive && (!allowed.has(node) || mode !== ProbeMode.Exclusive)) return false;
  if (mode === ProbeMode.Never) return false;
  if (isGuestNode(node) && !isGuestReady(cluster, top, node)) return false;

  const action = requestResourceAction(cluster, resource, "monitor", { node, isOptional: false });
  action.flags &= ~ActionFlag.Optional;
  orderAfterUnfencing(cluster, { resource, node, action }, RelationKind.Ordered);
  setExpectedResult(cluster, action, resource, node);
  orderAfterProbe(cluster, action, { resource, collective: top.clone === null ? resource : top });
  return true;
}

/** Whether the guest's launcher lets the guest be probed; if not, starts wait for what will tell. Step 8. */
function isGuestReady(cluster: Cluster, top: Resource, node: ClusterNode): boolean {
  const launcher = node.connection?.launcher ?? null;
  if (launcher === null) return true;
  const host = launcher.assignedNode;
  if (launcher.role === Role.Stopped) {
    if (host !== null && !launcher.knownNodes.has(host)) {
      orderTasks(cluster, [launcher, "monitor"], [top, "start"], RelationKind.Ordered);
    }
    return false;
  }
  const willStop =
    (node.flags & (NodeFlag.RemoteReset | NodeFlag.Unclean)) !== 0 ||
    hasFlags(launcher, ResourceFlag.Failed) ||
    launcher.nextRole === Role.Stopped ||
    (launcher.role > Role.Stopped && host !== null && !launcher.activeNodes.includes(host));
  if (!willStop) return true;
  orderTasks(cluster, [launcher, "stop"], [top, "start"], RelationKind.Ordered);
  return false;
}

/** Source: part 3, 5.1, `op_target_rc`. */
function setExpectedResult(cluster: Cluster, action: Action, resource: Resource, node: ClusterNode): void {
  if (!resource.activeNodes.includes(node)) expectResult(cluster, action, "7");
  else if (resource.role === Role.Promoted) expectResult(cluster, action, "8");
}

function orderAfterProbe(
  cluster: Cluster,
  action: Action,
  facts: { readonly resource: Resource; readonly collective: Resource },
): void {
  const { resource, collective } = facts;
  let kinds: number = RelationKind.Ordered;
  if (!hasActionFlags(action, ActionFlag.Runnable) && collective.activeNodes.length === 0) {
    kinds |= RelationKind.UnrunnableFirstBlocks;
  }
  const first = sideOfAction(action);
  addOrdering(cluster, { first, then: sideOf(collective, "start"), kinds });
  // Only primitives are reloaded, and it is known by now which are (part 3, 14.2).
  if (collective === resource && isReloaded(resource))
    addOrdering(cluster, { first, then: sideOf(resource, RELOAD), kinds: RelationKind.Ordered });
}

import type { Action } from "../model/action.ts";
import { forEachLeaf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode, NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";
import { addRelation } from "../orderings/relations.ts";
import { canFence, fencingAction } from "./fencing.ts";
import { orderAgainstFencing } from "./fencing-orders.ts";
import { fenceGuest } from "./guest-fencing.ts";
import { shutdownAction } from "./shutdown.ts";

/** Fences what must be fenced and shuts down what wants to. The DC goes last. Source: part 3, 21.4. */
export function fenceAndShutDown(cluster: Cluster): void {
  const hasManaged = isAnythingManaged(cluster);
  const stops = stopsByNode(cluster);
  const fencings: Action[] = [];
  const shutdowns: Action[] = [];
  let dcDown: Action | null = null;
  let isDcShutdown = false;

  for (const node of cluster.nodes) {
    if (isGuestNode(node)) {
      if ((node.flags & NodeFlag.RemoteReset) !== 0 && hasManaged && canFence(cluster, node)) {
        fenceGuest(cluster, node);
      }
      continue;
    }
    const isUnclean = (node.flags & NodeFlag.Unclean) !== 0;
    if (hasManaged && isUnclean && canFence(cluster, node)) {
      const fencing = fencingAction(cluster, {
        node,
        isOptional: false,
        reason: { kind: "node is unclean" },
      });
      orderAgainstFencing(cluster, node, fencing);
      if (node === cluster.dc) {
        dcDown = fencing;
        isDcShutdown = false;
        continue;
      }
      const previous = fencings.at(-1);
      if (!cluster.options.isFencingConcurrent && previous !== undefined) {
        addRelation(previous, fencing, RelationKind.Ordered);
      }
      fencings.push(fencing);
    } else if (wantsToShutDown(node)) {
      const shutdown = shutdownAction(cluster, node, stops.get(node) ?? []);
      if (node === cluster.dc) {
        dcDown = shutdown;
        isDcShutdown = true;
      } else {
        shutdowns.push(shutdown);
      }
    } else if (isUnclean) {
      reportUnfenced(cluster, node, hasManaged);
    }
  }

  if (dcDown === null) return;
  if (isDcShutdown) orderAllBefore(shutdowns, dcDown);
  orderAllBefore(cluster.options.isFencingConcurrent ? fencings : fencings.slice(-1), dcDown);
}

function wantsToShutDown(node: ClusterNode): boolean {
  const mask = NodeFlag.Online | NodeFlag.Shutdown;
  return node.kind === "cluster" && (node.flags & mask) === mask;
}

/** Latest first. */
function orderAllBefore(actions: readonly Action[], then: Action): void {
  for (let i = actions.length - 1; i >= 0; i--) {
    addRelation(actions[i] as Action, then, RelationKind.Ordered);
  }
}

function isAnythingManaged(cluster: Cluster): boolean {
  let isAny = false;
  for (const resource of cluster.resources) {
    if (hasFlags(resource, ResourceFlag.Managed)) return true;
    forEachLeaf(resource, (leaf) => {
      if (hasFlags(leaf, ResourceFlag.Managed)) isAny = true;
    });
    if (isAny) return true;
  }
  return false;
}

/** In order of creation. */
function stopsByNode(cluster: Cluster): ReadonlyMap<ClusterNode, readonly Action[]> {
  const result = new Map<ClusterNode, Action[]>();
  for (const action of cluster.actions) {
    if (action.task !== "stop" || action.node === null) continue;
    const known = result.get(action.node);
    if (known === undefined) result.set(action.node, [action]);
    else known.push(action);
  }
  return result;
}

function reportUnfenced(cluster: Cluster, node: ClusterNode, hasManaged: boolean): void {
  cluster.diagnostics.push({
    severity: "warning",
    code: "node-cannot-be-fenced",
    message: `node "${node.name}" is unclean, but it is not fenced because ${
      hasManaged
        ? "fencing is disabled, no fence device exists, or there is no quorum"
        : "no resource is managed"
    }. What may run there is not recovered.`,
    elementId: node.id,
    line: 0,
  });
}

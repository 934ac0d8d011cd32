import { type Action, ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode, NodeFlag } from "../model/node.ts";
import type { Reason } from "../model/reason.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";
import { foldKey } from "./action-key.ts";
import { setMeta } from "./action-meta.ts";
import { priorityFencingDelayS } from "./priority-fencing-delay.ts";
import { requestAction } from "./request-action.ts";
import { addDeviceDigests } from "./unfencing.ts";

/** Whether the node can be fenced now. Source: part 1, 17.2; part 3, 21.1. */
export function canFence(cluster: Cluster, node: ClusterNode): boolean {
  return canFenceWithHosts(cluster, node, []);
}

/** `guests` are those that lead here: one that claims to run inside itself cannot be fenced. */
function canFenceWithHosts(cluster: Cluster, node: ClusterNode, guests: readonly ClusterNode[]): boolean {
  if (isGuestNode(node)) {
    if (guests.includes(node)) return false;
    const hosts = node.connection?.launcher?.activeNodes ?? [];
    return hosts.every((host) => isOnline(host) || canFenceWithHosts(cluster, host, [...guests, node]));
  }
  if (!cluster.options.isFencingEnabled || !cluster.hasFencing) return false;
  if (cluster.hasQuorum || cluster.options.noQuorumPolicy === "ignore") return true;
  if (!isOnline(node)) return false;
  if (node.kind === "remote" && !cluster.options.fencesRemoteWithoutQuorum) {
    const hosts = node.connection?.allowedNodes.nodes ?? [];
    return hosts.every(isOnline);
  }
  return true;
}

function isOnline(node: ClusterNode): boolean {
  return (node.flags & NodeFlag.Online) !== 0;
}

/**
 * Declares that the node must be fenced before what may run there is recovered. For a guest node its launcher is
 * marked as failed instead. The first reason given stays. Source: part 1, 17.1; part 3, 21.2.
 */
export function requestFencing(
  cluster: Cluster,
  node: ClusterNode,
  reason: Reason,
  options: { readonly withPriorityDelay: boolean } = { withPriorityDelay: false },
): void {
  const connection = node.connection;
  if (isGuestNode(node)) {
    const launcher = connection?.launcher ?? null;
    if (launcher === null || hasFlags(launcher, ResourceFlag.Failed)) return;
    if (!hasFlags(launcher, ResourceFlag.Managed)) return;
    node.flags |= NodeFlag.RemoteReset;
    launcher.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
    return;
  }
  if (connection !== null && hasFlags(connection, ResourceFlag.RemovedLaunched)) {
    connection.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
    return;
  }
  if (node.kind === "remote") {
    if (connection === null || hasFlags(connection, ResourceFlag.Managed)) {
      node.flags |= NodeFlag.RemoteReset;
    }
    node.flags |= NodeFlag.Unclean;
    fencingAction(cluster, { node, isOptional: true, reason });
    return;
  }
  if ((node.flags & NodeFlag.Unclean) !== 0) return;
  node.flags |= NodeFlag.Unclean;
  fencingAction(cluster, {
    node,
    isOptional: true,
    reason,
    withPriorityDelay: options.withPriorityDelay,
  });
}

export interface FencingRequest {
  readonly node: ClusterNode;
  /** The cluster's fencing action unless given; `on` is unfencing. */
  readonly action?: string;
  readonly isOptional: boolean;
  readonly reason: Reason | null;
  readonly withPriorityDelay?: boolean;
}

function fencingKey(node: ClusterNode, action: string): string {
  return `stonith-${node.name}-${action}`;
}

/**
 * Gets or creates the fencing action of a node; a new one is optional. It becomes required only if that was asked
 * and the node can be fenced. Source: part 3, 21.5.
 */
export function fencingAction(cluster: Cluster, request: FencingRequest): Action {
  const { node, reason } = request;
  const name = request.action ?? cluster.options.fencingAction;
  const key = fencingKey(node, name);
  let action = cluster.clusterActions.get(foldKey(key));
  if (action === undefined) {
    action = requestAction(cluster, { resource: null, key, task: "stonith", node, isOptional: true });
    setMeta(action, "on_node", node.name);
    setMeta(action, "on_node_uuid", node.id);
    setMeta(action, "stonith_action", name);
    if (cluster.options.usesUnfencing) addDeviceDigests(cluster, action, node);
  }
  if (
    cluster.options.priorityFencingDelayMs > 0 &&
    (request.withPriorityDelay === true || action.meta.has("priority-fencing-delay"))
  ) {
    setMeta(action, "priority-fencing-delay", String(priorityFencingDelayS(cluster, node)));
  }
  if (!request.isOptional && canFence(cluster, node)) {
    action.flags &= ~ActionFlag.Optional;
  }
  if (reason !== null && action.reason === null) {
    action.reason = reason;
  }
  return action;
}

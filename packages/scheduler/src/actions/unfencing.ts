import { type Action, ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";
import { compareNodeNames } from "../model/node-order.ts";
import type { Reason } from "../model/reason.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { addRelation } from "../orderings/relations.ts";
import { setMeta } from "./action-meta.ts";
import { unfencingDigests } from "./digests.ts";
import { canFence, fencingAction } from "./fencing.ts";

/**
 * Unfencing: a node may be given back access to what fencing cut off (`stonith-NODE-on`) before resources that need
 * it start there. Source: part 3, 21.6.
 */

/** The action that unfences the node; a new one is optional. */
export function unfencingAction(cluster: Cluster, node: ClusterNode): Action {
  return fencingAction(cluster, { node, action: "on", isOptional: true, reason: null });
}

/** Relates an action of the resource on the node to the node's unfencing, and unfences the node if it never was. */
export function orderAfterUnfencing(
  cluster: Cluster,
  facts: { readonly resource: Resource; readonly node: ClusterNode; readonly action: Action },
  kinds: number,
): void {
  const { resource, node, action } = facts;
  const isConcerned =
    (cluster.options.usesUnfencing && hasFlags(resource, ResourceFlag.FenceDevice)) ||
    hasFlags(resource, ResourceFlag.NeedsUnfencing);
  if (!isConcerned) return;
  const unfencing = unfencingAction(cluster, node);
  addRelation(unfencing, action, kinds);
  const since = node.attributes.get("#node-unfenced") ?? null;
  if (since === null || since === "0") {
    triggerUnfencing(cluster, {
      resource: null,
      node,
      reason: { kind: "required by", resource: resource.id, task: action.task },
    });
  }
}

/**
 * Requires unfencing of the node, or of all nodes that the given fence device may use. Does nothing for a resource
 * that is no fence device, or when unfencing is not in use.
 */
export function triggerUnfencing(
  cluster: Cluster,
  request: { readonly resource: Resource | null; readonly node: ClusterNode | null; readonly reason: Reason },
): void {
  const { resource, node, reason } = request;
  if (!cluster.options.usesUnfencing) return;
  if (resource !== null && !hasFlags(resource, ResourceFlag.FenceDevice)) return;
  if (node !== null && canUnfence(node)) {
    requireUnfencing(cluster, node, reason);
    return;
  }
  if (resource === null) return;
  const nodes = [...resource.allowedNodes.nodes].sort((a, b) => compareNodeNames(a.name, b.name));
  for (const allowed of nodes) {
    if (canUnfence(allowed)) requireUnfencing(cluster, allowed, reason);
  }
}

const UNFENCING_MASK = NodeFlag.Online | NodeFlag.Unclean | NodeFlag.Shutdown;

function canUnfence(node: ClusterNode): boolean {
  return (node.flags & UNFENCING_MASK) === NodeFlag.Online;
}

function requireUnfencing(cluster: Cluster, node: ClusterNode, reason: Reason): void {
  fencingAction(cluster, { node, action: "on", isOptional: false, reason });
}

/**
 * Notes on a new fencing action with which parameters the devices unfence, and requires the action if those changed
 * since the node was unfenced.
 */
export function addDeviceDigests(cluster: Cluster, action: Action, node: ClusterNode): void {
  let all = "";
  let secure = "";
  const knownAll = node.attributes.get("#digests-all") ?? null;
  const knownSecure = node.attributes.get("#digests-secure") ?? "";
  const devices = unfencingDevices(cluster);
  for (let i = devices.length - 1; i >= 0; i--) {
    const device = devices[i] as Resource;
    const digests = unfencingDigests(cluster, device, node);
    const type = device.primitive?.type ?? "";
    const deviceAll = `${device.id}:${type}:${digests.all}`;
    const deviceSecure = `${device.id}:${type}:${digests.secure}`;
    if (knownAll !== null && !knownAll.includes(deviceAll)) {
      if (knownSecure.includes(deviceSecure)) {
        notice(cluster, `Only 'private' parameters to ${device.id} for unfencing ${node.name} changed`);
      } else {
        notice(
          cluster,
          `Parameters to ${device.id} for unfencing ${node.name} changed, try '${deviceSecure}'`,
        );
        if (canFence(cluster, node)) action.flags &= ~ActionFlag.Optional;
        notice(cluster, `notice: Unfencing node ${node.name} because the definition of ${device.id} changed`);
      }
    }
    all += `${deviceAll},`;
    secure += `${deviceSecure},`;
  }
  setMeta(action, "digests-all", all);
  setMeta(action, "digests-secure", secure);
}

/** A line that is printed among the scores (part 1, 19.9). */
function notice(cluster: Cluster, text: string): void {
  cluster.scoreLines.push({ kind: "notice", text });
}

function unfencingDevices(cluster: Cluster): Resource[] {
  const devices: Resource[] = [];
  const collect = (resource: Resource): void => {
    for (const child of resource.children) collect(child);
    if (resource.variant !== Variant.Primitive || !hasFlags(resource, ResourceFlag.FenceDevice)) return;
    const provides = resource.meta.get("provides")?.toLowerCase();
    if (hasFlags(resource, ResourceFlag.NeedsUnfencing) || provides === "unfencing") {
      devices.push(resource);
    }
  };
  for (const resource of cluster.resources) collect(resource);
  return devices;
}

import { locationsOf } from "../model/activity.ts";
import { forEachLeaf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, ProbeMode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { sortByInstanceNumber } from "../orderings/clone-orderings.ts";
import { probe } from "./probes.ts";

/** Source: part 3, 14.4. */
export function probeClone(cluster: Cluster, clone: Resource, node: ClusterNode): boolean {
  if (hasFlags(clone, ResourceFlag.ExclusiveProbes)) {
    const allowed = clone.allowedNodes;
    if (!allowed.has(node) || allowed.probeMode(node) !== ProbeMode.Exclusive) {
      allowed.remove(node);
      return false;
    }
  }
  sortByInstanceNumber(clone.children);
  if (hasFlags(clone, ResourceFlag.Unique)) {
    let isAnyProbed = false;
    for (const instance of clone.children) {
      if (probe(cluster, instance, node)) isAnyProbed = true;
    }
    return isAnyProbed;
  }
  const instance =
    clone.children.find((candidate) => isAnyPartKnown(candidate, node)) ??
    clone.children.find((candidate) => isAssignedTo(candidate, node)) ??
    clone.children[0];
  return instance === undefined ? false : probe(cluster, instance, node);
}

function isAnyPartKnown(instance: Resource, node: ClusterNode): boolean {
  let isKnown = false;
  forEachLeaf(instance, (leaf) => {
    if (leaf.knownNodes.has(node)) isKnown = true;
  });
  return isKnown;
}

/** All parts have to be there: a group that is split over nodes is assigned to none. */
function isAssignedTo(instance: Resource, node: ClusterNode): boolean {
  const nodes = locationsOf(instance, "assigned");
  return nodes.length === 1 && nodes[0] === node;
}

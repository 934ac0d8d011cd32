import { locationsOf } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { sortedAllowedNodes } from "../placement/node-comparison.ts";

/** Where instances are, or where they will be. */
export type Sense = "current" | "assigned";

/** Finds the instances of collectives by node; kept until `forget`. */
export class InstanceIndex {
  readonly #known = new Map<Resource, Map<Sense, ReadonlyMap<ClusterNode, Resource>>>();

  byNode(collective: Resource, sense: Sense): ReadonlyMap<ClusterNode, Resource> {
    let senses = this.#known.get(collective);
    if (senses === undefined) {
      senses = new Map();
      this.#known.set(collective, senses);
    }
    let instances = senses.get(sense);
    if (instances === undefined) {
      instances = instancesByNode(collective, sense);
      senses.set(sense, instances);
    }
    return instances;
  }

  /** Has to be called when an assignment changes. */
  forget(): void {
    this.#known.clear();
  }
}

/** Instances of a clone, containers of a bundle, members of a group; none of a primitive. */
export function instancesOf(collective: Resource): readonly Resource[] {
  const bundle = collective.bundle;
  return bundle === null ? collective.children : bundle.replicas.map((replica) => replica.container);
}

/** The first instance on each node, of those that are on exactly one and not blocked. */
function instancesByNode(collective: Resource, sense: Sense): ReadonlyMap<ClusterNode, Resource> {
  const result = new Map<ClusterNode, Resource>();
  for (const instance of instancesOf(collective)) {
    if (isBlocked(instance)) continue;
    const nodes = locationsOf(instance, sense);
    const node = nodes[0];
    if (nodes.length === 1 && node !== undefined && !result.has(node)) result.set(node, instance);
  }
  return result;
}

/** The instance that shares the node of `instance`, or of its allowed nodes the best that has one. */
export function compatibleInstance(
  cluster: Cluster,
  byNode: ReadonlyMap<ClusterNode, Resource>,
  instance: Resource,
  sense: Sense,
): Resource | null {
  const nodes = locationsOf(instance, sense);
  if (nodes.length === 1) return byNode.get(nodes[0] as ClusterNode) ?? null;
  for (const node of sortedAllowedNodes(cluster, instance)) {
    const found = byNode.get(node);
    if (found !== undefined) return found;
  }
  return null;
}

function isBlocked(resource: Resource): boolean {
  return hasFlags(resource, ResourceFlag.Blocked) || resource.children.some(isBlocked);
}

import { locationsOf, nextRoleOf, roleOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { ClusterNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { colocationValue } from "../colocation/attribute.ts";
import { sortedAllowedNodes } from "../node-comparison.ts";

export interface CompatibilityQuestion {
  readonly role: Role;
  /** Where the instances are, or where they are assigned. */
  readonly sense: "current" | "assigned";
  /** Equal values of this node attribute are enough; null: the same node. */
  readonly attribute: string | null;
}

/** The instance of a clone, or container of a bundle, that a dependent belongs to. Source: part 2, 13.9. */
export function compatibleInstance(
  cluster: Cluster,
  dependent: Resource,
  collective: Resource,
  question: CompatibilityQuestion,
): Resource | null {
  const nodes = locationsOf(dependent, question.sense);
  const candidates = nodes.length === 1 ? nodes : sortedAllowedNodes(cluster, dependent);
  for (const node of candidates) {
    const match = instanceOn(dependent, collective, node, question);
    if (match !== null) return match;
  }
  return null;
}

function instanceOn(
  dependent: Resource,
  collective: Resource,
  node: ClusterNode,
  question: CompatibilityQuestion,
): Resource | null {
  const { role, sense, attribute } = question;
  for (const instance of instancesOf(collective)) {
    const nodes = locationsOf(instance, sense);
    const own = nodes[0];
    if (own === undefined || nodes.length !== 1) continue;
    if (own !== node) {
      if (attribute === null) continue;
      if (colocationValue(own, instance, attribute) !== colocationValue(node, dependent, attribute)) continue;
    }
    const actual = sense === "assigned" ? nextRoleOf(instance) : roleOf(instance);
    if ((role === Role.Unknown || role === actual) && !isBlocked(instance)) return instance;
  }
  return null;
}

/** The instances of a clone; of a bundle, its containers. */
function instancesOf(collective: Resource): readonly Resource[] {
  return collective.bundle === null
    ? collective.children
    : collective.bundle.replicas.map((replica) => replica.container);
}

/** Blocked, or some part of it is. */
export function isBlocked(resource: Resource): boolean {
  return hasFlags(resource, ResourceFlag.Blocked) || resource.children.some(isBlocked);
}

/** How many instances may share a node. Source: part 2, 13.7. */
export function nodeMaxOf(resource: Resource): number {
  return resource.clone?.nodeMax ?? resource.bundle?.replicasPerHost ?? 1;
}

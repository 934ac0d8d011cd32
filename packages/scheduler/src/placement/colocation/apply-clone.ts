import { addScores, INFINITY, isTrue } from "@quorate/cib";
import { nextRoleOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { ClusterNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { assignResource } from "../assign-node.ts";
import { compatibleInstance, isBlocked, nodeMaxOf } from "../instances/compatible-instance.ts";
import { singleAssignedNode } from "../instances/single-node.ts";
import { applyColocation, applyToEach, type ColocationPair } from "./apply-colocation.ts";
import { colocationValue } from "./attribute.ts";
import { causeOf } from "./cause.ts";

/** Applies a colocation whose primary is a clone. Source: scheduler specification, part 2, 13.7. */
export function applyClone(cluster: Cluster, pair: ColocationPair): number {
  const { dependent, primary: clone, colocation } = pair;
  if (hasFlags(clone, ResourceFlag.Unassigned)) return 0;
  if (hasFlags(clone, ResourceFlag.Promotable) && colocation.primaryRole !== Role.Unknown) {
    if (hasFlags(dependent, ResourceFlag.Unassigned)) {
      followRole(pair);
      return 0;
    }
    if (colocation.dependentRole === Role.Promoted) return joinRole(cluster, pair);
  }
  if (isInterleaved(colocation.dependent, clone)) return joinInstance(cluster, pair);
  if (colocation.score < INFINITY) return applyToEach(cluster, pair, clone.children);
  keepOnly(pair, hostsOf(clone.children));
  return 0;
}

/** The dependent is being placed and wants instances in a certain role. Source: part 2, 13.7.2a. */
function followRole({ dependent, primary: clone, colocation }: ColocationPair): void {
  const { score, nodeAttribute, primaryRole, dependentRole } = colocation;
  const allowed = dependent.allowedNodes;
  /** Nodes with an instance in the role, with the score it was assigned by; a later instance wins. */
  const found = new Map<ClusterNode, number>();
  for (const instance of clone.children) {
    const place = singleAssignedNode(instance);
    if (place === null || nextRoleOf(instance) !== primaryRole) continue;
    if (score < INFINITY) {
      const value = colocationValue(place, instance, nodeAttribute);
      for (const node of allowed.nodes) {
        if (colocationValue(node, dependent, nodeAttribute) !== value) continue;
        allowed.setScore(node, addScores(allowed.score(node), score), causeOf(colocation, instance, place));
      }
    }
    found.set(place, assignedScoreOf(instance));
  }
  if (score < INFINITY || (dependentRole === Role.Promoted && primaryRole === Role.Promoted)) return;
  for (const node of allowed.nodes) {
    const assigned = found.get(node);
    const after = assigned === undefined ? -INFINITY : addScores(allowed.score(node), assigned);
    allowed.setScore(node, after, causeOf(colocation, clone, assigned === undefined ? null : node));
  }
}

function assignedScoreOf(instance: Resource): number {
  if (instance.children.length === 0) return instance.assignedScore;
  return instance.children.find((member) => member.assignedNode !== null)?.assignedScore ?? 0;
}

/** The dependent's role is being chosen and it wants to be promoted with an instance. Source: part 2, 13.7.2b. */
function joinRole(cluster: Cluster, { dependent, primary: clone, colocation }: ColocationPair): number {
  const instance = compatibleInstance(cluster, dependent, clone, {
    role: colocation.primaryRole,
    sense: "assigned",
    attribute: colocation.nodeAttribute,
  });
  if (instance !== null) {
    dependent.priority = addScores(dependent.priority, colocation.score);
    return colocation.score;
  }
  if (colocation.score < INFINITY) return 0;
  dependent.priority = -INFINITY;
  return -INFINITY;
}

function isInterleaved(dependent: Resource, clone: Resource): boolean {
  if (dependent.clone === null && dependent.bundle === null) return false;
  return isTrue(dependent.meta.get("interleave") ?? null) && nodeMaxOf(dependent) === nodeMaxOf(clone);
}

/** Source: part 2, 13.7.3. */
function joinInstance(cluster: Cluster, pair: ColocationPair): number {
  const { dependent, primary: clone, colocation } = pair;
  const instance = compatibleInstance(cluster, dependent, clone, {
    role: Role.Unknown,
    sense: "assigned",
    attribute: null,
  });
  if (instance !== null) return applyColocation(cluster, { dependent, primary: instance, colocation });
  if (colocation.score >= INFINITY) {
    assignResource(cluster, dependent, null, { isForced: true, stopsIfFailed: true });
  }
  return 0;
}

function hostsOf(instances: readonly Resource[]): Set<ClusterNode> {
  const hosts = new Set<ClusterNode>();
  for (const instance of instances) {
    const node = singleAssignedNode(instance);
    if (node !== null && !isBlocked(instance)) hosts.add(node);
  }
  return hosts;
}

/** Bans the dependent from every node that is none of the hosts. */
export function keepOnly(
  { dependent, primary, colocation }: ColocationPair,
  hosts: ReadonlySet<ClusterNode>,
): void {
  const allowed = dependent.allowedNodes;
  const cause = causeOf(colocation, primary, null);
  for (const node of allowed.nodes) if (!hosts.has(node)) allowed.setScore(node, -INFINITY, cause);
}

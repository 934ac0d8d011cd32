import { addScores, INFINITY, isTrue } from "@quorate/cib";
import { locationsOf, nextRoleOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { ClusterNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { assignResource } from "../assign-node.ts";
import { compatibleInstance, isBlocked, nodeMaxOf } from "../instances/compatible-instance.ts";
import { singleAssignedNode } from "../instances/single-node.ts";
import { applyColocation, applyToEach, type ColocationApplication } from "./apply-colocation.ts";
import { colocationValue } from "./attribute.ts";

/** Applies a colocation with a clone. Returns the change of the dependent's priority. Source: part 2, 13.7. */
export function applyToClonePrimary(cluster: Cluster, application: ColocationApplication): number {
  const { dependent, primary, colocation } = application;
  if (hasFlags(primary, ResourceFlag.Unassigned)) return 0;
  if (hasFlags(primary, ResourceFlag.Promotable) && colocation.primaryRole !== Role.Unknown) {
    if (hasFlags(dependent, ResourceFlag.Unassigned)) {
      placeWithRole(application);
      return 0;
    }
    if (colocation.dependentRole === Role.Promoted) return promoteWithRole(cluster, application);
  }
  if (isInterleaving(cluster, application)) return applyInterleaved(cluster, application);
  if (colocation.score < INFINITY) return applyToEach(cluster, application, primary.children);
  allowOnly(dependent, hostsOf(primary));
  return 0;
}

interface RoleHolder {
  readonly node: ClusterNode;
  /** Of the instance on that node, when it was assigned. */
  readonly score: number;
}

/** Places the dependent where instances have the role. Source: part 2, 13.7.2a. */
function placeWithRole(application: ColocationApplication): void {
  const { dependent, primary, colocation } = application;
  const { score, nodeAttribute } = colocation;
  const table = dependent.allowedNodes;
  const holders: RoleHolder[] = [];
  for (const instance of primary.children) {
    const node = singleAssignedNode(instance);
    if (node === null || nextRoleOf(instance) !== colocation.primaryRole) continue;
    if (score < INFINITY) {
      const value = colocationValue(node, primary, nodeAttribute);
      for (const allowed of table.nodes) {
        if (colocationValue(allowed, dependent, nodeAttribute) === value) {
          table.setScore(allowed, addScores(table.score(allowed), score));
        }
      }
    }
    holders.push({ node, score: assignedScoreOf(instance) });
  }
  const areBothPromoted =
    colocation.dependentRole === Role.Promoted && colocation.primaryRole === Role.Promoted;
  if (score < INFINITY || areBothPromoted) return;
  for (const node of table.nodes) {
    const holder = holders.findLast((candidate) => candidate.node === node);
    table.setScore(node, holder === undefined ? -INFINITY : addScores(table.score(node), holder.score));
  }
}

/** Promotes the dependent where an instance has the role. Source: part 2, 13.7.2b. */
function promoteWithRole(cluster: Cluster, application: ColocationApplication): number {
  const { dependent, primary, colocation } = application;
  const partner = compatibleInstance(cluster, dependent, primary, {
    role: colocation.primaryRole,
    sense: "assigned",
    attribute: colocation.nodeAttribute,
  });
  if (partner !== null) {
    dependent.priority = addScores(dependent.priority, colocation.score);
    return colocation.score;
  }
  if (colocation.score < INFINITY) return 0;
  dependent.priority = -INFINITY;
  return -INFINITY;
}

/** Instances go with instances, one by one. Source: part 2, 13.7.3. */
function isInterleaving(cluster: Cluster, application: ColocationApplication): boolean {
  const { primary, colocation } = application;
  const dependent = colocation.dependent;
  if (dependent.clone === null && dependent.bundle === null) return false;
  if (!isTrue(dependent.meta.get("interleave") ?? null)) return false;
  if (nodeMaxOf(dependent) === nodeMaxOf(primary)) return true;
  cluster.diagnostics.push({
    severity: "error",
    code: "constraint-invalid",
    message: `Colocation "${colocation.id}": "${dependent.id}" cannot be interleaved with "${primary.id}", because they allow different numbers of instances on a node. Give both the same clone-node-max.`,
    elementId: colocation.id,
    line: 0,
  });
  return false;
}

function applyInterleaved(cluster: Cluster, application: ColocationApplication): number {
  const { dependent, primary, colocation } = application;
  const partner = compatibleInstance(cluster, dependent, primary, {
    role: Role.Unknown,
    sense: "assigned",
    attribute: null,
  });
  if (partner !== null) return applyColocation(cluster, { ...application, primary: partner });
  if (colocation.score >= INFINITY) {
    assignResource(cluster, dependent, null, { isForced: true, stopsIfFailed: true });
  }
  return 0;
}

/** Nodes of the instances that can act. */
function hostsOf(clone: Resource): ReadonlySet<ClusterNode> {
  const hosts = new Set<ClusterNode>();
  for (const instance of clone.children) {
    const node = isBlocked(instance) ? null : singleAssignedNode(instance);
    if (node !== null) hosts.add(node);
  }
  return hosts;
}

/** Bans the dependent from all other nodes. */
export function allowOnly(dependent: Resource, hosts: ReadonlySet<ClusterNode>): void {
  const table = dependent.allowedNodes;
  for (const node of table.nodes) if (!hosts.has(node)) table.setScore(node, -INFINITY);
}

function assignedScoreOf(resource: Resource): number {
  if (resource.children.length === 0) return resource.assignedScore;
  for (const child of resource.children)
    if (locationsOf(child, "assigned").length > 0) return assignedScoreOf(child);
  return 0;
}

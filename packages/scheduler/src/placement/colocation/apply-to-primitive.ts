import { addScores, INFINITY } from "@quorate/cib";
import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { hasAvailableNode } from "../node-comparison.ts";
import type { ColocationApplication } from "./apply-colocation.ts";
import { colocationValue, roleResourceOf } from "./attribute.ts";

/** Applies a colocation with one primitive. Returns the change of the dependent's priority. Source: part 2, 13.1. */
export function applyToPrimitivePrimary(cluster: Cluster, application: ColocationApplication): number {
  switch (effectOf(application.colocation, application, { ignoresAssignment: false })) {
    case "none":
      return 0;
    case "location":
      applyToTable(cluster, application);
      return 0;
    case "role":
      return applyToPriority(application);
  }
}

export type ColocationEffect = "none" | "location" | "role";

/** What a colocation decides about the dependent now, or, ignoring assignment, as if nothing were assigned yet. */
export function effectOf(
  colocation: Colocation,
  pair: { readonly dependent: Resource; readonly primary: Resource },
  options: { readonly ignoresAssignment: boolean },
): ColocationEffect {
  const { dependent, primary } = pair;
  if (!options.ignoresAssignment && hasFlags(primary, ResourceFlag.Unassigned)) return "none";
  const actor = roleResourceOf(dependent);
  const { dependentRole, primaryRole } = colocation;
  if (
    dependentRole >= Role.Unpromoted &&
    actor.parent !== null &&
    hasFlags(actor.parent, ResourceFlag.Promotable) &&
    !hasFlags(actor, ResourceFlag.Unassigned)
  ) {
    return "role";
  }
  if (!options.ignoresAssignment && !hasFlags(dependent, ResourceFlag.Unassigned)) return "none";
  if (dependentRole !== Role.Unknown && dependentRole !== actor.nextRole) return "none";
  if (primaryRole !== Role.Unknown && primaryRole !== roleResourceOf(primary).nextRole) return "none";
  return "location";
}

/** Source: part 2, 13.2. */
function applyToTable(cluster: Cluster, application: ColocationApplication): void {
  const { dependent, primary, colocation } = application;
  const { score, nodeAttribute } = colocation;
  const host = primary.assignedNode;
  if (host === null && score < 0) return;
  const value = host === null ? null : colocationValue(host, primary, nodeAttribute);
  const table = dependent.allowedNodes.copy();
  for (const node of table.nodes) {
    if (host === null) {
      table.setScore(node, addScores(table.score(node), -score));
    } else if (colocationValue(node, dependent, nodeAttribute) === value) {
      if (score < INFINITY) table.setScore(node, addScores(table.score(node), score));
    } else if (score >= INFINITY) {
      table.setScore(node, -INFINITY);
    }
  }
  if (Math.abs(score) < INFINITY && !hasAvailableNode(table)) return;
  dependent.allowedNodes = table;
  cluster.explanations.push({
    kind: "score",
    resource: dependent.id,
    node: host?.name ?? null,
    score: host === null ? -score : score,
    cause: { kind: "colocation", constraint: colocation.id, with: primary.id },
  });
}

/** Source: part 2, 13.3. */
function applyToPriority(application: ColocationApplication): number {
  const { dependent, primary, colocation } = application;
  const { score, nodeAttribute, dependentRole, primaryRole } = colocation;
  if (dependent.assignedNode === null) return 0;
  const host = primary.assignedNode;
  if (host !== null && primaryRole !== Role.Unknown && primaryRole !== roleResourceOf(primary).nextRole)
    return 0;
  const own = colocationValue(dependent.assignedNode, dependent, nodeAttribute);
  const other = host === null ? null : colocationValue(host, primary, nodeAttribute);
  let change = 0;
  if (own === other) change = dependentRole === Role.Unpromoted ? -score : score;
  else if (score >= INFINITY && dependentRole === Role.Promoted) change = -score;
  dependent.priority = addScores(dependent.priority, change);
  return change;
}

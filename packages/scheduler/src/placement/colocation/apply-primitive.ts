import { addScores, INFINITY } from "@quorate/cib";
import { hasFlags, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { hasAvailableNode } from "../node-comparison.ts";
import type { ColocationPair } from "./apply-colocation.ts";
import { colocationValue, comparesNodes, hasOwnName, roleResourceOf } from "./attribute.ts";
import { causeOf } from "./cause.ts";

/** Applies a colocation whose primary is a primitive. Source: scheduler specification, part 2, 13.1. */
export function applyPrimitive(pair: ColocationPair): number {
  switch (effectOf(pair, { ignoresAssignment: false })) {
    case "role":
      return applyToRole(pair);
    case "location":
      applyToLocation(pair);
      return 0;
    case "none":
      return 0;
  }
}

/**
 * What a colocation is about now, or, ignoring assignment, before anything is assigned. Source: part 2, 13.1.
 */
function effectOf(
  { dependent, primary, colocation }: ColocationPair,
  options: { readonly ignoresAssignment: boolean },
): "role" | "location" | "none" {
  if (!options.ignoresAssignment && hasFlags(primary, ResourceFlag.Unassigned)) return "none";
  const dependentActor = roleResourceOf(dependent);
  const { dependentRole, primaryRole } = colocation;
  if (
    dependentRole >= Role.Unpromoted &&
    dependentActor.parent !== null &&
    hasFlags(dependentActor.parent, ResourceFlag.Promotable) &&
    !hasFlags(dependentActor, ResourceFlag.Unassigned)
  ) {
    return "role";
  }
  if (!options.ignoresAssignment && !hasFlags(dependent, ResourceFlag.Unassigned)) return "none";
  if (dependentRole !== Role.Unknown && dependentRole !== dependentActor.nextRole) return "none";
  if (primaryRole !== Role.Unknown && primaryRole !== roleResourceOf(primary).nextRole) return "none";
  return "location";
}

/** Source: part 2, 13.2. */
function applyToLocation({ dependent, primary, colocation }: ColocationPair): void {
  const { score, nodeAttribute } = colocation;
  const place = primary.assignedNode;
  if (place === null && score < 0) return;
  const table = dependent.allowedNodes.copy();
  const cause = causeOf(colocation, primary, place);
  const placeValue = place === null ? null : colocationValue(place, primary, nodeAttribute);
  const isByNode =
    place !== null &&
    hasOwnName(place) &&
    comparesNodes(dependent, nodeAttribute) &&
    comparesNodes(primary, nodeAttribute);
  for (const node of table.nodes) {
    if (place === null) {
      table.setScore(node, addScores(table.score(node), -score), cause);
      continue;
    }
    const isMatch =
      isByNode && hasOwnName(node)
        ? node === place
        : colocationValue(node, dependent, nodeAttribute) === placeValue;
    if (isMatch) {
      if (score < INFINITY) table.setScore(node, addScores(table.score(node), score), cause);
    } else if (score >= INFINITY) {
      table.setScore(node, -INFINITY, cause);
    }
  }
  if (Math.abs(score) < INFINITY && !hasAvailableNode(table)) return;
  dependent.allowedNodes = table;
}

/** Source: part 2, 13.3. */
function applyToRole({ dependent, primary, colocation }: ColocationPair): number {
  const { score, nodeAttribute, dependentRole, primaryRole } = colocation;
  const own = dependent.assignedNode;
  if (own === null) return 0;
  const place = primary.assignedNode;
  if (place !== null && primaryRole !== Role.Unknown && primaryRole !== roleResourceOf(primary).nextRole)
    return 0;
  const ownValue = colocationValue(own, dependent, nodeAttribute);
  const placeValue = place === null ? null : colocationValue(place, primary, nodeAttribute);
  let change = 0;
  if (ownValue === placeValue) change = dependentRole === Role.Unpromoted ? -score : score;
  else if (score >= INFINITY && dependentRole === Role.Promoted) change = -score;
  dependent.priority = addScores(dependent.priority, change);
  return change;
}

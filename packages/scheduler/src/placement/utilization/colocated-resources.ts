import { INFINITY } from "@quorate/cib";
import type { Colocation } from "../../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { roleResourceOf } from "../colocation/attribute.ts";
import { thisWithColocations, withThisColocations } from "../colocation-lists.ts";

/**
 * The resources that must be on the node of the given one, itself included; the most recently found first.
 * Source: part 2, 19.5.
 */
export function colocatedResources(resource: Resource): Resource[] {
  const search: Search = { original: resource, found: [], known: new Set() };
  visit(search, resource);
  return search.found.reverse();
}

interface Search {
  readonly original: Resource;
  /** In the order in which they were found. */
  readonly found: Resource[];
  readonly known: Set<Resource>;
}

function visit(search: Search, resource: Resource): void {
  if (resource.group !== null && (resource.group.isColocated || isCloned(resource))) {
    search.found.push(resource);
    search.known.add(resource);
    for (const member of resource.children) visitOnce(search, member);
    return;
  }
  visitOnce(search, resource);
}

function visitOnce(search: Search, resource: Resource): void {
  if (search.known.has(resource)) return;
  search.known.add(resource);
  search.found.push(resource);
  const { original } = search;
  for (const colocation of thisWithColocations(resource)) {
    const primary = colocation.primary;
    if (primary === original || colocation.score !== INFINITY || search.known.has(primary)) continue;
    if (decidesPlace(colocation, resource, primary)) visit(search, primary);
  }
  for (const colocation of withThisColocations(resource)) {
    const dependent = colocation.dependent;
    if (dependent === original || colocation.score !== INFINITY || search.known.has(dependent)) continue;
    if (resource.variant === Variant.Clone && dependent.variant !== Variant.Clone) continue;
    if (decidesPlace(colocation, dependent, resource)) visit(search, dependent);
  }
}

function isCloned(resource: Resource): boolean {
  return resource.parent !== null && resource.parent.variant === Variant.Clone;
}

/** Whether a colocation is about the place, as if nothing were assigned yet. Source: part 2, 13.1 without 1 and 4. */
function decidesPlace(colocation: Colocation, dependent: Resource, primary: Resource): boolean {
  const { dependentRole, primaryRole } = colocation;
  const actor = roleResourceOf(dependent);
  const isRoleChoice =
    dependentRole >= Role.Unpromoted &&
    actor.parent !== null &&
    hasFlags(actor.parent, ResourceFlag.Promotable) &&
    !hasFlags(actor, ResourceFlag.Unassigned);
  if (isRoleChoice) return false;
  if (dependentRole !== Role.Unknown && dependentRole !== actor.nextRole) return false;
  return primaryRole === Role.Unknown || primaryRole === roleResourceOf(primary).nextRole;
}

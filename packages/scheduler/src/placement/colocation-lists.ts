import { INFINITY } from "@quorate/cib";
import { replicaOf } from "../model/ancestry.ts";
import type { Colocation } from "../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { addColocations, type ColocationSide, insertColocation } from "./colocation/compare-colocations.ts";

/**
 * The colocations of others with a resource, in the order in which they are considered: its own and those that its
 * ancestors hand down. A new array. Source: scheduler specification, part 2, 12.3.
 */
export function withThisColocations(resource: Resource): Colocation[] {
  const list: Colocation[] = [];
  collect(list, resource, resource, "with-this");
  return list;
}

/** The colocations of a resource with others, likewise. Source: part 2, 12.4. */
export function thisWithColocations(resource: Resource): Colocation[] {
  const list: Colocation[] = [];
  collect(list, resource, resource, "this-with");
  return list;
}

function ownColocations(resource: Resource, side: ColocationSide): readonly Colocation[] {
  return side === "this-with" ? resource.thisWithColocations : resource.withThisColocations;
}

function collect(list: Colocation[], resource: Resource, origin: Resource, side: ColocationSide): void {
  if (resource.primitive !== null) collectOfPrimitive(list, resource, origin, side);
  else if (resource.group !== null) collectOfGroup(list, resource, origin, side);
  else if (resource.clone !== null) {
    addColocations(list, ownColocations(resource, side), side);
    if (resource.parent !== null) collect(list, resource.parent, origin, side);
  } else if (concernsBundlePart(resource, origin)) {
    addColocations(list, ownColocations(resource, side), side);
  }
}

function collectOfPrimitive(
  list: Colocation[],
  resource: Resource,
  origin: Resource,
  side: ColocationSide,
): void {
  const own = ownColocations(resource, side);
  if (resource === origin) {
    addColocations(list, own, side);
    if (resource.parent !== null) collect(list, resource.parent, origin, side);
    return;
  }
  for (const colocation of own) if (colocation.isExplicit) insertColocation(list, colocation, side);
}

/** A group speaks through the member that decides: others with it follow the last, it follows others by the first. */
function collectOfGroup(list: Colocation[], group: Resource, origin: Resource, side: ColocationSide): void {
  const members = group.children;
  const speaker = side === "this-with" ? members[0] : members[members.length - 1];
  if (origin === group || origin === speaker) {
    addColocations(list, ownColocations(group, side), side);
    if (group.parent !== null) collect(list, group.parent, origin, side);
    if (group.group?.isColocated !== true) return;
    for (const member of members) if (member !== origin) collect(list, member, origin, side);
    return;
  }
  if (side === "with-this") return;
  for (const member of members) {
    if (member === origin) return;
    if (hasFlags(member, ResourceFlag.Managed)) continue;
    for (const colocation of group.thisWithColocations) {
      if (colocation.score === INFINITY) insertColocation(list, colocation, side);
    }
    return;
  }
}

/** Whether the colocations of a bundle itself concern one of its parts. */
function concernsBundlePart(bundle: Resource, origin: Resource): boolean {
  if (origin === bundle || hasFlags(origin, ResourceFlag.ReplicaContainer)) return true;
  const clone = bundle.bundle?.clone ?? null;
  if (clone === null || !hasFlags(clone, ResourceFlag.Promotable)) return false;
  if (origin === clone) return clone.clone?.isSortedForPromotion === true;
  return replicaOf(origin)?.instance === origin && !hasFlags(origin, ResourceFlag.Unassigned);
}

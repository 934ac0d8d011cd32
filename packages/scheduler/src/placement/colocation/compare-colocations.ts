import type { Colocation } from "../../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";

/** Which side of its colocations a resource asks about: those with others, or those of others with it. */
export type ColocationSide = "this-with" | "with-this";

/** The resource at the other end. */
export function otherSide(colocation: Colocation, side: ColocationSide): Resource {
  return side === "this-with" ? colocation.primary : colocation.dependent;
}

/**
 * The order in which colocations are considered: by the other side's priority, then variant, then id.
 * Source: scheduler specification, part 2, 12.1.
 */
function compareColocations(a: Colocation, b: Colocation, side: ColocationSide): number {
  const first = otherSide(a, side);
  const second = otherSide(b, side);
  if (first.priority !== second.priority) return first.priority > second.priority ? -1 : 1;
  if (first.variant !== second.variant) return first.variant > second.variant ? -1 : 1;
  if (first.clone !== null) {
    const isPromotable = hasFlags(first, ResourceFlag.Promotable);
    if (isPromotable !== hasFlags(second, ResourceFlag.Promotable)) return isPromotable ? -1 : 1;
  }
  if (first.id === second.id) return 0;
  return first.id < second.id ? -1 : 1;
}

/** Inserts before the first one that does not come earlier: of equal ones the newest goes first. Source: part 2, 1.4.4. */
export function insertColocation(list: Colocation[], colocation: Colocation, side: ColocationSide): void {
  let index = 0;
  for (; index < list.length; index++) {
    if (compareColocations(colocation, list[index] as Colocation, side) <= 0) break;
  }
  list.splice(index, 0, colocation);
}

/**
 * Adds a list to a list. To a list that has elements already, the first of the new ones is added as often as there are
 * new ones, and the others not at all: a defect of the reference on which its scores depend. Source: part 2, 12.2.2.
 */
export function addColocations(list: Colocation[], added: readonly Colocation[], side: ColocationSide): void {
  const first = added[0];
  if (first === undefined) return;
  if (list.length === 0) {
    for (const colocation of added) list.push(colocation);
    return;
  }
  for (let count = 0; count < added.length; count++) insertColocation(list, first, side);
}

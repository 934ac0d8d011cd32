import { INFINITY } from "@quorate/cib";
import type { Colocation } from "../../model/colocation.ts";
import { type Resource, Variant } from "../../model/resource.ts";

/** What the search needs to know about colocations. */
export interface ColocationQueries {
  thisWith(resource: Resource): readonly Colocation[];
  withThis(resource: Resource): readonly Colocation[];
  /** Whether the colocation decides about the place (not the role) of the dependent, as if nothing were assigned. */
  affectsLocation(colocation: Colocation): boolean;
}

/**
 * The resources that must be on the node of the given one, itself included; the most recently found first.
 * Source: part 2, 19.5.
 */
export function colocatedResources(resource: Resource, queries: ColocationQueries): Resource[] {
  const search: Search = { queries, original: resource, found: [], known: new Set() };
  visit(search, resource);
  return search.found.reverse();
}

interface Search {
  readonly queries: ColocationQueries;
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
  const { queries, original } = search;
  for (const colocation of queries.thisWith(resource)) {
    const primary = colocation.primary;
    if (primary === original || colocation.score !== INFINITY || search.known.has(primary)) continue;
    if (queries.affectsLocation(colocation)) visit(search, primary);
  }
  for (const colocation of queries.withThis(resource)) {
    const dependent = colocation.dependent;
    if (dependent === original || colocation.score !== INFINITY || search.known.has(dependent)) continue;
    if (resource.variant === Variant.Clone && dependent.variant !== Variant.Clone) continue;
    if (queries.affectsLocation(colocation)) visit(search, dependent);
  }
}

function isCloned(resource: Resource): boolean {
  return resource.parent !== null && resource.parent.variant === Variant.Clone;
}

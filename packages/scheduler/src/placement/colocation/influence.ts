import { INFINITY } from "@quorate/cib";
import type { Colocation } from "../../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";

/**
 * Whether the dependent's preferences count for where the primary goes. They always do while the primary is not
 * active. Source: scheduler specification, part 2, 14.2.
 *
 * @param primary The part of the colocation's primary that is meant.
 */
export function hasInfluence(colocation: Colocation, primary: Resource = colocation.primary): boolean {
  const activeCount = primary.activeNodes.length;
  if (
    hasFlags(colocation.dependent, ResourceFlag.RemoteNestingAllowed) &&
    !hasFlags(primary, ResourceFlag.Failed) &&
    activeCount === 1
  ) {
    return false;
  }
  return colocation.hasInfluence || activeCount === 0;
}

/** A colocation's score as a factor. Source: scheduler specification, part 2, 1.7. */
export function factorOf(score: number): number {
  return Math.fround(Math.fround(score) / INFINITY);
}

/** How much a preference counts that is handed on along a colocation: in single precision, as the reference has it. */
export function handedFactor(factor: number, { score }: Colocation): number {
  const product = Math.fround(factor * Math.fround(score));
  return Math.fround(product / INFINITY);
}

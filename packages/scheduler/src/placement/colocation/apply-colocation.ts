import { addScores, INFINITY } from "@quorate/cib";
import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { applyBundle } from "./apply-bundle.ts";
import { applyClone } from "./apply-clone.ts";
import { applyPrimitive } from "./apply-primitive.ts";

export interface ColocationPair {
  /** Who is being placed, or whose role is being chosen: the configured dependent or a part of it. */
  readonly dependent: Resource;
  /** The configured primary or a part of it. */
  readonly primary: Resource;
  readonly colocation: Colocation;
}

/**
 * Applies a colocation to its dependent: to its table while it is being placed, to its priority while its role is
 * being chosen. Returns the change of the priority. Source: scheduler specification, part 2, 13.
 */
export function applyColocation(cluster: Cluster, pair: ColocationPair): number {
  return pair.dependent.group !== null ? applyToGroup(cluster, pair) : applyThroughPrimary(cluster, pair);
}

/** Source: part 2, 13.6. */
function applyToGroup(cluster: Cluster, pair: ColocationPair): number {
  const group = pair.dependent;
  let change = 0;
  if (group.group?.isColocated === true) {
    const first = group.children[0];
    if (first !== undefined) change = applyColocation(cluster, { ...pair, dependent: first });
  } else {
    if (pair.colocation.score >= INFINITY) return 0;
    for (const member of group.children) {
      change = addScores(change, applyColocation(cluster, { ...pair, dependent: member }));
    }
  }
  group.priority = addScores(group.priority, change);
  return change;
}

/** Source: part 2, 13.4. */
function applyThroughPrimary(cluster: Cluster, pair: ColocationPair): number {
  const { primary } = pair;
  if (primary.primitive !== null) return applyPrimitive(pair);
  if (primary.group !== null) return applyGroup(cluster, pair);
  return primary.clone !== null ? applyClone(cluster, pair) : applyBundle(cluster, pair);
}

function applyGroup(cluster: Cluster, pair: ColocationPair): number {
  const group = pair.primary;
  if (hasFlags(group, ResourceFlag.Unassigned)) return 0;
  const isMandatory = pair.colocation.score >= INFINITY;
  if (group.group?.isColocated === true) {
    const member = isMandatory ? group.children[group.children.length - 1] : group.children[0];
    return member === undefined ? 0 : applyColocation(cluster, { ...pair, primary: member });
  }
  if (isMandatory) return 0;
  return applyToEach(cluster, pair, group.children);
}

/** Applies a colocation with every one of several primaries. */
export function applyToEach(cluster: Cluster, pair: ColocationPair, primaries: readonly Resource[]): number {
  let change = 0;
  for (const primary of primaries) {
    change = addScores(change, applyColocation(cluster, { ...pair, primary }));
  }
  return change;
}

import { INFINITY } from "@quorate/cib";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { assign } from "./assign-resource.ts";
import { thisWithColocations } from "./colocation-lists.ts";

/** Chains up to this length are followed by calls within calls. */
const CHAIN_LENGTH_MAX = 100;

/**
 * Assigns what a primitive is mandatorily colocated with, if that is a long chain, from its far end, so that no call
 * has to wait for thousands of others. The order is the one in which nested calls would decide: each link of the chain
 * is what its predecessor would ask for first, before anything else is known about it.
 */
export function assignLongChain(cluster: Cluster, resource: Resource): void {
  const chain: Resource[] = [];
  const known = new Set<Resource>();
  for (let link: Resource | null = resource; link !== null; link = firstMandatoryPrimary(link)) {
    if (!isWaiting(link)) break;
    if (known.has(link)) return;
    known.add(link);
    chain.push(link);
  }
  if (chain.length <= CHAIN_LENGTH_MAX) return;
  for (let i = chain.length - 1; i >= 0; i--) {
    assign(cluster, chain[i] as Resource, { preferred: null, stopsIfFailed: true });
  }
}

function isWaiting(resource: Resource): boolean {
  return (
    resource.primitive !== null &&
    resource.parent === null &&
    hasFlags(resource, ResourceFlag.Unassigned) &&
    !hasFlags(resource, ResourceFlag.Assigning)
  );
}

function firstMandatoryPrimary(resource: Resource): Resource | null {
  const first = thisWithColocations(resource).find(({ score }) => Math.abs(score) >= INFINITY);
  return first?.primary ?? null;
}

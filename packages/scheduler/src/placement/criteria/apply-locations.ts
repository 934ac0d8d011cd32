import { addScores } from "@quorate/cib";
import { nextRoleOf } from "../../model/activity.ts";
import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { Location } from "../../model/location.ts";
import { ProbeMode } from "../../model/node.ts";
import { type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";

/** Applies all location constraints, the last created first. Source: scheduler specification, part 2, 4.6. */
export function applyLocations(cluster: Cluster): void {
  for (let index = cluster.locations.length - 1; index >= 0; index--) {
    const location = cluster.locations[index] as Location;
    applyLocation(location.resource, location);
  }
}

function applyLocation(resource: Resource, location: Location): void {
  applyToOne(resource, location);
  if (resource.group !== null) applyToMembers(resource, location);
  else if (resource.clone !== null)
    for (const instance of resource.children) applyLocation(instance, location);
  else if (resource.bundle !== null) applyToBundle(resource, location);
}

function applyToOne(resource: Resource, location: Location): void {
  if (location.role !== Role.Unknown && location.role !== nextRoleOf(resource)) return;
  const mode = addLocationScores(resource.allowedNodes, location);
  if (mode === ProbeMode.Exclusive) resource.flags |= ResourceFlag.ExclusiveProbes;
}

/**
 * Adds the scores of a location to a table. A node that the table does not have gets exactly that score.
 * Returns the highest probe mode that was set. Source: part 2, 4.6.1.
 */
export function addLocationScores(allowed: AllowedNodes, location: Location): ProbeMode {
  let highest: ProbeMode = ProbeMode.Always;
  const cause = { kind: "location", constraint: location.id } as const;
  for (const { node, score } of location.nodes) {
    if (allowed.has(node)) allowed.setScore(node, addScores(allowed.score(node), score), cause);
    else allowed.insert(node, score, cause);
    if (allowed.probeMode(node) < location.probeMode) {
      allowed.setProbeMode(node, location.probeMode);
      highest = location.probeMode;
    }
  }
  return highest;
}

/** In a colocated group only the first member gets the scores; the others get the nodes. Source: part 2, 4.6.2. */
function applyToMembers(group: Resource, location: Location): void {
  const later =
    group.group?.isColocated === true
      ? { ...location, nodes: location.nodes.map(({ node }) => ({ node, score: 0 })) }
      : location;
  for (const [index, member] of group.children.entries()) applyToOne(member, index === 0 ? location : later);
}

/** Source: part 2, 4.6.4. */
function applyToBundle(resource: Resource, location: Location): void {
  const bundle = resource.bundle;
  if (bundle === null) return;
  for (const replica of bundle.replicas) {
    applyToOne(replica.container, location);
    if (replica.ip !== null) applyToOne(replica.ip, location);
  }
  if (bundle.clone !== null && location.role > Role.Started) {
    applyLocation(bundle.clone, location);
    bundle.clone.locations.push(location);
  }
}

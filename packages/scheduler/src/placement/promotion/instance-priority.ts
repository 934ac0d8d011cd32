import { addScores, INFINITY } from "@quorate/cib";
import { nextRoleOf, roleOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { Location } from "../../model/location.ts";
import type { ClusterNode } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { applyColocation } from "../colocation/apply-colocation.ts";
import { thisWithColocations } from "../colocation-lists.ts";
import { singleAssignedNode } from "../instances/single-node.ts";
import { type ClonePresence, promotionScore } from "./promotion-score.ts";

/** Without any promotion score an instance is not promoted, but a positive constraint is enough. */
const PRIORITY_WITHOUT_SCORE = -1;

/** How much an instance deserves to be promoted where it is. Source: scheduler specification, part 2, 17.3. */
export function setInstancePriority(
  cluster: Cluster,
  clone: Resource,
  instance: Resource,
  presences: ClonePresence,
): void {
  if (roleOf(instance) === Role.Started) startedToUnpromoted(instance);
  const node = singleAssignedNode(instance);
  if (node === null) return;
  const nextRole = nextRoleOf(instance);
  switch (nextRole) {
    case Role.Unknown:
    case Role.Started: {
      const { score, isDefault } = promotionScore(instance, node, presences);
      instance.priority = isDefault ? PRIORITY_WITHOUT_SCORE : score;
      break;
    }
    case Role.Stopped:
    case Role.Unpromoted:
      instance.priority = -INFINITY;
      break;
    case Role.Promoted:
      break;
  }
  addPromotedLocations(instance, instance.locations, node);
  addPromotedLocations(instance, clone.locations, node);
  for (const colocation of thisWithColocations(instance)) {
    applyColocation(cluster, { dependent: instance, primary: colocation.primary, colocation });
  }
  instance.promotionPriority = nextRole === Role.Promoted ? INFINITY : instance.priority;
}

function startedToUnpromoted(resource: Resource): void {
  if (resource.role === Role.Started) resource.role = Role.Unpromoted;
  for (const child of resource.children) startedToUnpromoted(child);
}

/** Constraints for the promoted role count here instead of at placement. */
function addPromotedLocations(instance: Resource, locations: readonly Location[], node: ClusterNode): void {
  for (let index = locations.length - 1; index >= 0; index--) {
    const { role, nodes } = locations[index] as Location;
    if (role !== Role.Promoted) continue;
    const entry = nodes.find((candidate) => candidate.node === node);
    if (entry !== undefined) instance.priority = addScores(instance.priority, entry.score);
  }
}

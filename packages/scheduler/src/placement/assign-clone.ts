import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { type AssignRequest, assign } from "./assign-resource.ts";
import { applyInfluence } from "./colocation/apply-influence.ts";
import { thisWithColocations, withThisColocations } from "./colocation-lists.ts";
import { sortInstances } from "./instances/compare-instances.ts";
import { replaceChildren } from "./instances/instance-number.ts";
import { placeInstances } from "./instances/place-instances.ts";
import { assignRoles } from "./promotion/assign-roles.ts";
import { addPromotionScores } from "./promotion/promotion-scores.ts";
import { recordScores } from "./score-lines.ts";

/** Places the instances of a clone and chooses their roles. Source: scheduler specification, part 2, 16.2. */
export function assignClone(cluster: Cluster, clone: Resource, request: AssignRequest): void {
  const facts = clone.clone;
  if (facts === null || !hasFlags(clone, ResourceFlag.Unassigned) || hasFlags(clone, ResourceFlag.Assigning))
    return;
  clone.flags |= ResourceFlag.Assigning;
  const isPromotable = hasFlags(clone, ResourceFlag.Promotable);
  if (isPromotable) addPromotionScores(clone);
  for (const colocation of thisWithColocations(clone)) assign(cluster, colocation.primary, request);
  for (const colocation of withThisColocations(clone)) applyInfluence(cluster, clone, colocation);
  recordScores(cluster, clone, "clone");
  replaceChildren(clone, sortInstances(cluster, clone, clone.children));
  placeInstances(cluster, clone, clone.children, { total: facts.max, perNode: facts.nodeMax });
  if (isPromotable) assignRoles(cluster, clone);
  clone.flags &= ~(ResourceFlag.Unassigned | ResourceFlag.Assigning);
}

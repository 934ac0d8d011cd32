import { addScores, INFINITY } from "@quorate/cib";
import { nextRoleOf, roleOf } from "../../model/activity.ts";
import type { Cluster } from "../../model/cluster.ts";
import { mergeSort } from "../../model/merge-sort.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { addScoreToAll } from "../../model/scores.ts";
import { addColocatedScores } from "../colocation/colocated-scores.ts";
import { factorOf, hasInfluence } from "../colocation/influence.ts";
import { withThisColocations } from "../colocation-lists.ts";
import { instanceComparator } from "../instances/compare-instances.ts";
import { singleAssignedNode } from "../instances/single-node.ts";

/**
 * Puts the instances that deserve promotion most first, at most once per run. What depends on the promoted role
 * has its say through the clone's table. Source: scheduler specification, part 2, 17.5.
 */
export function sortForPromotion(cluster: Cluster, clone: Resource): void {
  const facts = clone.clone;
  if (facts === null || facts.isSortedForPromotion) return;
  facts.isSortedForPromotion = true;
  clone.flags |= ResourceFlag.Updating;
  addOwnPriorities(clone);
  addWishesOfDependents(cluster, clone);
  banWithoutTicket(cluster, clone);
  for (const instance of clone.children) instance.promotionPriority = finalPriority(clone, instance);
  clone.flags &= ~ResourceFlag.Updating;

  const otherwise = instanceComparator(cluster, clone);
  const sorted = mergeSort(
    clone.children,
    (a, b) => b.promotionPriority - a.promotionPriority || roleOf(b) - roleOf(a) || otherwise(a, b),
  );
  sorted.forEach((instance, index) => {
    clone.children[index] = instance;
  });
}

function addOwnPriorities(clone: Resource): void {
  const allowed = clone.allowedNodes;
  for (const instance of clone.children) {
    const node = singleAssignedNode(instance);
    if (instance.promotionPriority < 0 || node === null || !allowed.has(node)) continue;
    allowed.setScore(node, addScores(allowed.score(node), instance.promotionPriority), {
      kind: "promotion-score",
    });
  }
}

function addWishesOfDependents(cluster: Cluster, clone: Resource): void {
  for (const colocation of withThisColocations(clone)) {
    if (colocation.primaryRole !== Role.Promoted || !hasInfluence(colocation)) continue;
    const table = addColocatedScores(cluster, {
      source: colocation.dependent,
      target: clone,
      table: clone.allowedNodes,
      colocation,
      factor: factorOf(colocation.score),
      isActive: true,
      isNonNegative: true,
      followsThisWith: false,
    });
    if (table !== null) clone.allowedNodes = table;
  }
}

/** Source: part 2, 7.5. */
function banWithoutTicket(cluster: Cluster, clone: Resource): void {
  for (const { role, ticket } of clone.ticketConstraints) {
    if (role !== Role.Promoted || (ticket.isGranted && !ticket.isStandby)) continue;
    addScoreToAll(cluster, clone, -INFINITY, { kind: "ticket", ticket: ticket.id });
  }
}

function finalPriority(clone: Resource, instance: Resource): number {
  if (!hasFlags(instance, ResourceFlag.Managed) && nextRoleOf(instance) === Role.Promoted) return INFINITY;
  const node = singleAssignedNode(instance);
  if (node === null) return -INFINITY;
  return instance.promotionPriority < 0 ? instance.promotionPriority : clone.allowedNodes.score(node);
}

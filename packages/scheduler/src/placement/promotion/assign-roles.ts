import { locationsOf, roleOf } from "../../model/activity.ts";
import { topOf } from "../../model/ancestry.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { RoleExplanation } from "../../model/explanation.ts";
import type { ClusterNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { singleAssignedNode } from "../instances/single-node.ts";
import { isAvailableWithGuest } from "../node-comparison.ts";
import { setInstancePriority } from "./instance-priority.ts";
import { presenceOf } from "./promotion-score.ts";
import { sortForPromotion } from "./sort-for-promotion.ts";

/** Chooses which instances of a promotable clone are promoted. Source: scheduler specification, part 2, 17.2. */
export function assignRoles(cluster: Cluster, clone: Resource): void {
  if (clone.clone === null) return;
  // From here on the counts are those of promoted instances.
  for (const node of clone.allowedNodes.nodes) clone.allowedNodes.setCount(node, 0);
  const presences = presenceOf(clone);
  for (const instance of [...clone.children]) setInstancePriority(cluster, clone, instance, presences);
  sortForPromotion(cluster, clone);
  clone.clone.promotedCount = 0;
  for (const instance of clone.children) chooseRole(cluster, clone, instance);
}

/** Source: part 2, 17.8. */
function chooseRole(cluster: Cluster, clone: Resource, instance: Resource): void {
  const facts = clone.clone!;
  cluster.scoreLines.push({
    kind: "promotion",
    resource: instance.id,
    node: singleAssignedNode(instance)?.name ?? null,
    score: instance.promotionPriority,
  });
  const hasRoom = facts.promotedCount < facts.promotedMax || !hasFlags(clone, ResourceFlag.Managed);
  const node = instance.promotionPriority >= 0 && hasRoom ? candidateNode(instance) : null;
  if (node === null) {
    setUnpromoted(cluster, instance, instance.promotionPriority < 0 ? "promotion-score" : "promoted-max");
    return;
  }
  const isNewlyPromoted = roleOf(instance) < Role.Promoted;
  if (isNewlyPromoted && !cluster.hasQuorum && cluster.options.noQuorumPolicy === "freeze") {
    setUnpromoted(cluster, instance, "no-quorum");
    return;
  }
  clone.allowedNodes.setCount(node, clone.allowedNodes.count(node) + 1);
  setPromoted(instance);
  facts.promotedCount++;
  explain(cluster, instance, "promotion-score");
}

/** Where the instance could be promoted, or null. Source: part 2, 17.9. */
function candidateNode(instance: Resource): ClusterNode | null {
  for (const member of instance.children) if (candidateNode(member) === null) return null;
  const node = singleAssignedNode(instance);
  if (node === null) return null;
  const isManaged = hasFlags(instance, ResourceFlag.Managed);
  if (!isManaged) {
    if (roleOf(instance) !== Role.Promoted) return null;
  } else if (instance.priority < 0 || !isAvailableWithGuest(node)) {
    return null;
  }
  const clone = topOf(instance);
  if (!clone.allowedNodes.has(node)) return null;
  const isFull = clone.allowedNodes.count(node) >= (clone.clone?.promotedNodeMax ?? 1);
  return isManaged && isFull ? null : node;
}

function setPromoted(resource: Resource): void {
  if (resource.nextRole === Role.Unknown) resource.nextRole = Role.Promoted;
  for (const child of resource.children) setPromoted(child);
}

/** Source: part 2, 17.10. */
function setUnpromoted(cluster: Cluster, instance: Resource, cause: RoleExplanation["cause"]): void {
  unpromote(instance);
  explain(cluster, instance, instance.nextRole === Role.Stopped ? "not-assigned" : cause);
}

function unpromote(resource: Resource): void {
  resource.nextRole = locationsOf(resource, "assigned").length > 0 ? Role.Unpromoted : Role.Stopped;
  for (const child of resource.children) unpromote(child);
}

function explain(cluster: Cluster, { id, nextRole }: Resource, cause: RoleExplanation["cause"]): void {
  cluster.explanations.push({ kind: "role", resource: id, role: nextRole, cause });
}

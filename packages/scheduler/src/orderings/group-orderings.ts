import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";
import { type GroupFacts, hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { orderTasks } from "./add-ordering.ts";
import { orderInsidePrimitive } from "./primitive-orderings.ts";

/** Source: part 3, 10.2. */
export function orderInsideGroup(cluster: Cluster, group: Resource, facts: GroupFacts): void {
  const blocks = RelationKind.UnrunnableFirstBlocks;
  orderTasks(cluster, [group, "stop"], [group, "stopped"], blocks);
  orderTasks(cluster, [group, "stopped"], [group, "start"], RelationKind.Ordered);
  orderTasks(cluster, [group, "start"], [group, "running"], blocks);
  const isPromotable = hasFlags(topOf(group), ResourceFlag.Promotable);
  let previous: Resource | null = null;
  let lastActive: Resource | null = null;
  for (const member of group.children) {
    orderInsidePrimitive(cluster, member);
    orderMember(cluster, { group, member, isFirst: previous === null, facts, isPromotable });
    if (facts.isOrdered && previous !== null) orderNeighbours(cluster, previous, member, isPromotable);
    if (member.activeNodes.length > 0) {
      if (facts.isOrdered && previous !== null && previous.activeNodes.length === 0 && lastActive !== null) {
        orderTasks(cluster, [member, "stop"], [lastActive, "stop"], RelationKind.Ordered);
      }
      lastActive = member;
    }
    previous = member;
  }
}

/** Between the group's own actions and those of a member. */
function orderMember(
  cluster: Cluster,
  pair: {
    readonly group: Resource;
    readonly member: Resource;
    readonly isFirst: boolean;
    readonly facts: GroupFacts;
    readonly isPromotable: boolean;
  },
): void {
  const { group, member, facts, isPromotable } = pair;
  const endsStops = pair.isFirst && facts.isOrdered;
  const down = RelationKind.ThenImpliesFirstGraphed | (endsStops ? RelationKind.Ordered : RelationKind.None);
  const postDown = endsStops ? RelationKind.FirstImpliesThen : RelationKind.FirstImpliesThenGraphed;
  const postUp =
    RelationKind.UnrunnableFirstBlocks | RelationKind.FirstImpliesThen | RelationKind.FirstImpliesThenGraphed;
  if (isPromotable) {
    orderTasks(cluster, [group, "demote"], [member, "demote"], down);
    orderTasks(cluster, [member, "demote"], [group, "demoted"], postDown);
    orderTasks(cluster, [member, "promote"], [group, "promoted"], postUp);
    orderTasks(cluster, [group, "promote"], [member, "promote"], RelationKind.ThenImpliesFirstGraphed);
  }
  orderTasks(cluster, [group, "stop"], [member, "stop"], down);
  orderTasks(cluster, [member, "stop"], [group, "stopped"], postDown);
  orderTasks(cluster, [group, "start"], [member, "start"], RelationKind.ThenImpliesFirstGraphed);
  orderTasks(cluster, [member, "start"], [group, "running"], postUp);
  if (!facts.isOrdered) {
    const kinds =
      RelationKind.FirstImpliesThen |
      RelationKind.UnrunnableFirstBlocks |
      RelationKind.ThenImpliesFirstGraphed;
    orderTasks(cluster, [group, "start"], [member, "start"], kinds);
    if (isPromotable) orderTasks(cluster, [group, "promote"], [member, "promote"], kinds);
  } else if (pair.isFirst) {
    // Without kinds: no relation comes of it, but the ordering is counted and may create the first action.
    orderTasks(cluster, [group, "start"], [member, "start"], RelationKind.None);
    if (isPromotable) orderTasks(cluster, [group, "promote"], [member, "promote"], RelationKind.None);
  }
}

/** Between a member of an ordered group and the one before it. */
function orderNeighbours(
  cluster: Cluster,
  previous: Resource,
  member: Resource,
  isPromotable: boolean,
): void {
  const up = RelationKind.FirstImpliesThen | RelationKind.UnrunnableFirstBlocks;
  orderTasks(cluster, [previous, "start"], [member, "start"], up);
  orderTasks(
    cluster,
    [member, "stop"],
    [previous, "stop"],
    RelationKind.Ordered | RelationKind.IntermediateStop,
  );
  if (member.activeNodes.length > 0 && previous.activeNodes.length === 0) {
    orderTasks(
      cluster,
      [member, "stop"],
      [previous, "start"],
      RelationKind.ThenImpliesFirst | RelationKind.UnrunnableFirstBlocks,
    );
  }
  if (isPromotable) {
    orderTasks(cluster, [previous, "promote"], [member, "promote"], up);
    orderTasks(cluster, [member, "demote"], [previous, "demote"], RelationKind.Ordered);
  }
}

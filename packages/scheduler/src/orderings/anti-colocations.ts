import type { Cluster } from "../model/cluster.ts";
import type { Colocation } from "../model/colocation.ts";
import { RelationKind } from "../model/ordering.ts";
import type { Resource } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addOrdering, sideOf } from "./add-ordering.ts";

/**
 * For two resources that must never share a node: on a node where one loses its role and the other gains one, the
 * loss comes first. Called for each new colocation with score -INFINITY. Source: part 3, 9.2.
 */
export function orderAntiColocation(cluster: Cluster, colocation: Colocation): void {
  const { dependent, dependentRole, primary, primaryRole } = colocation;
  orderLossBeforeGain(cluster, colocation.id, [dependent, dependentRole], [primary, primaryRole]);
  orderLossBeforeGain(cluster, colocation.id, [primary, primaryRole], [dependent, dependentRole]);
}

function orderLossBeforeGain(
  cluster: Cluster,
  constraint: string,
  losing: readonly [Resource, Role],
  gaining: readonly [Resource, Role],
): void {
  for (const lossTask of tasksOfLoss(losing[1])) {
    for (const gainTask of tasksOfGain(gaining[1])) {
      addOrdering(cluster, {
        constraint,
        first: sideOf(losing[0], lossTask),
        then: sideOf(gaining[0], gainTask),
        kinds: RelationKind.IfRequiredOnSameNode,
      });
    }
  }
}

function tasksOfLoss(role: Role): readonly string[] {
  switch (role) {
    case Role.Promoted:
      return ["demote"];
    case Role.Unpromoted:
      return ["stop", "promote"];
    default:
      return ["stop"];
  }
}

function tasksOfGain(role: Role): readonly string[] {
  switch (role) {
    case Role.Promoted:
      return ["promote"];
    case Role.Unpromoted:
      return ["start", "demote"];
    default:
      return ["start"];
  }
}

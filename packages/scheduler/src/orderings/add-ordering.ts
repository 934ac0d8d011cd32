import { parseActionKey } from "../actions/action-key.ts";
import type { Action } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type OrderingSide, RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";

/** A side named by resource and one-shot task; one record, because every probe names the same. */
export function sideOf(resource: Resource, task: string): OrderingSide {
  for (const known of resource.sides) if (known.task === task) return known;
  const side = { resource, action: null, task, key: null };
  resource.sides.push(side);
  return side;
}

/** A side that is a concrete action. */
export function sideOfAction(action: Action): OrderingSide {
  return { resource: action.resource, action, task: null, key: null };
}

export interface NewOrdering {
  readonly first: OrderingSide;
  readonly then: OrderingSide;
  /** Of `RelationKind`; none is allowed: such an ordering may still create a missing first action. */
  readonly kinds: number;
  /** Id of the constraint that it comes from. */
  readonly constraint?: string;
}

/**
 * Records an ordering that is applied when all actions exist, and at once what it means for live migration of the
 * two resources. Source: part 3, 1.6 and 17.5.
 */
export function addOrdering(cluster: Cluster, ordering: NewOrdering): void {
  cluster.orderings.push({
    id: cluster.orderings.length + 1,
    constraint: ordering.constraint ?? null,
    first: ordering.first,
    then: ordering.then,
    kinds: ordering.kinds,
  });
  orderMigration(cluster, ordering);
}

/** `first` task of one resource before `then` task of another or the same. */
export function orderTasks(
  cluster: Cluster,
  first: readonly [Resource, string],
  then: readonly [Resource, string],
  kinds: number,
): void {
  addOrdering(cluster, { first: sideOf(first[0], first[1]), then: sideOf(then[0], then[1]), kinds });
}

/** Source: part 3, 17.5; part 4, 10.4. */
function orderMigration(cluster: Cluster, ordering: NewOrdering): void {
  const first = ordering.first.resource;
  const then = ordering.then.resource;
  if (first === null || then === null || first === then) return;
  const isFirstMigratable = hasFlags(first, ResourceFlag.Migratable);
  const isThenMigratable = hasFlags(then, ResourceFlag.Migratable);
  if (!isFirstMigratable && !isThenMigratable) return;
  if (isAncestor(first, then) || isAncestor(then, first)) return;

  const firstTask = taskOf(ordering.first);
  const thenTask = taskOf(ordering.then);
  const conditional =
    RelationKind.Ordered | (isFirstMigratable ? RelationKind.IfFirstUnmigratable : RelationKind.None);
  const add = (task: string, thenMigration: string, kinds: number): void =>
    orderTasks(cluster, [first, task], [then, thenMigration], kinds);

  if (firstTask === "start" && thenTask === "start") {
    if (isFirstMigratable && isThenMigratable) add("migrate_from", "migrate_to", RelationKind.Ordered);
    if (isThenMigratable) add("start", "migrate_to", conditional);
  } else if (firstTask === "stop" && thenTask === "stop" && isThenMigratable) {
    add("stop", "migrate_to", conditional);
    if (then.partialMigrationTarget !== null) add("stop", "migrate_from", conditional);
  } else if (firstTask === "promote" && thenTask === "start" && isThenMigratable) {
    add("promote", "migrate_to", RelationKind.Ordered);
  } else if (firstTask === "demote" && thenTask === "stop" && isThenMigratable) {
    add("demote", "migrate_to", RelationKind.Ordered);
    if (then.partialMigrationTarget !== null) add("demote", "migrate_from", RelationKind.Ordered);
  }
}

function taskOf(side: OrderingSide): string | null {
  if (side.action !== null) return side.action.task;
  if (side.task !== null) return side.task;
  return side.key === null ? null : (parseActionKey(side.key)?.task ?? null);
}

function isAncestor(ancestor: Resource, resource: Resource): boolean {
  for (let parent = resource.parent; parent !== null; parent = parent.parent) {
    if (parent === ancestor) return true;
  }
  return false;
}

import { actionKey, parseActionKey } from "../actions/action-key.ts";
import { allActionsByKey } from "../actions/find-actions.ts";
import { requestAction } from "../actions/request-action.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { roleOf } from "../model/activity.ts";
import { checkpoint } from "../model/checkpoint.ts";
import type { Cluster } from "../model/cluster.ts";
import { type Ordering, type OrderingSide, RelationKind } from "../model/ordering.ts";
import type { Resource } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { disableInvalidRelations } from "./invalid-relations.ts";
import { namedActions } from "./named-actions.ts";
import { orderProbes } from "./probe-orderings.ts";
import { addRelation } from "./relations.ts";
import { UpdateRun } from "./update-run.ts";

/**
 * Makes relations between actions of all recorded orderings, and lets what they imply spread until nothing changes.
 * Source: part 3, 6, phase 10; part 4, 11 and 15.2.
 */
export function applyOrderings(cluster: Cluster): void {
  // Applying an ordering creates no further ones, but may create actions.
  for (const ordering of cluster.orderings) applyOrdering(cluster, ordering);
  const run = new UpdateRun(cluster);
  checkpoint(cluster);
  for (let i = cluster.actions.length - 1; i >= 0; i--) {
    run.blockDependents(cluster.actions[i] as Action);
  }
  orderProbes(cluster);
  for (let i = cluster.actions.length - 1; i >= 0; i--) {
    checkpoint(cluster);
    run.update(cluster.actions[i] as Action);
  }
  disableInvalidRelations(cluster);
}

/** Source: part 4, 11.1; part 3, 24.8. */
function applyOrdering(cluster: Cluster, ordering: Ordering): void {
  const { first } = ordering;
  if (first.resource === null) {
    if (first.action !== null) relateToThen(first.action, ordering);
    return;
  }
  if (first.action !== null) {
    relateToThen(first.action, ordering);
    return;
  }
  for (const action of firstActionsOf(cluster, first.resource, ordering)) relateToThen(action, ordering);
}

function firstActionsOf(cluster: Cluster, resource: Resource, ordering: Ordering): readonly Action[] {
  const side = ordering.first;
  const found = actionsOfSide(side);
  if (found.length > 0) return found;
  if (resource === ordering.then.resource) return [];
  const parts = side.key === null ? null : parseActionKey(side.key);
  const task = side.task ?? parts?.task ?? null;
  if (task === null) return [];
  const role = roleOf(resource);
  if (task === "stop" && role === Role.Stopped) return [];
  if (task === "demote" && role === Role.Unpromoted) return [];
  return [
    requestAction(cluster, {
      resource,
      key: parts === null ? null : actionKey(resource.id, task, parts.intervalMs),
      task,
      node: null,
      isOptional: true,
    }),
  ];
}

/** All actions that the side names, or else those with its key made of the resource's own id; oldest first. */
function actionsOfSide(side: OrderingSide): readonly Action[] {
  const found = namedActions(side);
  if (found.length > 0 || side.key === null || side.resource === null) return found;
  const parts = parseActionKey(side.key);
  if (parts === null) return found;
  return allActionsByKey(side.resource, actionKey(side.resource.id, parts.task, parts.intervalMs));
}

function relateToThen(first: Action, ordering: Ordering): void {
  const { then } = ordering;
  let kinds = ordering.kinds;
  if (then.resource === null) {
    if (then.action !== null) addRelation(first, then.action, kinds);
    return;
  }
  if (first.resource === then.resource && hasActionFlags(first, ActionFlag.MigrationAbort)) {
    kinds &= ~RelationKind.FirstImpliesThen;
  }
  if (then.action !== null) {
    addRelation(first, then.action, kinds);
    return;
  }
  for (const action of actionsOfSide(then)) addRelation(first, action, kinds);
}

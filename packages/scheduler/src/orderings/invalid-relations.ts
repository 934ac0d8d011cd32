import { isInputKept } from "../graph/inputs.ts";
import type { Action } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { isGuestNode } from "../model/node.ts";
import { type Relation, RelationKind } from "../model/ordering.ts";

/**
 * Disables relations that could never be satisfied: an action inside a guest before one of the guest's launcher,
 * and a barrier that waits for the migration that waits for it. Source: part 4, 11.2.
 */
export function disableInvalidRelations(cluster: Cluster): void {
  for (let i = cluster.actions.length - 1; i >= 0; i--) {
    const then = cluster.actions[i] as Action;
    for (let j = then.before.length - 1; j >= 0; j--) {
      const relation = then.before[j] as Relation;
      if (isInsideItsLauncher(relation, then)) {
        relation.kinds = RelationKind.None;
        cluster.diagnostics.push({
          severity: "warning",
          code: "ordering-ignored",
          message: `"${relation.action.key}" on ${relation.action.node?.name ?? "?"} cannot come before "${then.key}", because it runs inside what that acts on; the order is ignored.`,
          elementId: then.resource?.configuredId ?? null,
          line: then.resource?.xml.line ?? 0,
        });
      } else if (isBarrierLoop(relation, then)) {
        relation.kinds = RelationKind.None;
      }
    }
  }
}

function isInsideItsLauncher(relation: Relation, then: Action): boolean {
  const { action: first, kinds } = relation;
  return (
    (kinds & RelationKind.GuestAllowed) === 0 &&
    first.resource !== null &&
    then.resource !== null &&
    first.node !== null &&
    isGuestNode(first.node) &&
    first.node.connection?.launcher === then.resource
  );
}

function isBarrierLoop(relation: Relation, then: Action): boolean {
  if (relation.kinds !== RelationKind.IfOnSameNodeOrTarget) return false;
  if (then.task !== "migrate_to" || then.resource === null) return false;
  if (!isInputKept(relation, then)) return false;
  const seen = new Set<Action>([relation.action]);
  const open: Action[] = [relation.action];
  while (open.length > 0) {
    const action = open.pop() as Action;
    for (const input of action.before) {
      if (seen.has(input.action) || !isInputKept(input, action)) continue;
      if (input.action === then) return true;
      seen.add(input.action);
      open.push(input.action);
    }
  }
  return false;
}

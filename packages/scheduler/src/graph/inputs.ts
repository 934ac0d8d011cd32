import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { type Relation, RelationKind } from "../model/ordering.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";
import { belongsInGraph } from "./inclusion.ts";

/**
 * Merges the inputs that come from the same action and sorts them by its number. Done before the first decision
 * about an action; relations that are added later stay in front. Source: part 4, 13.3.1.
 */
export function mergeInputs(action: Action): void {
  const before = action.before;
  if (before.length < 2) return;
  // Of one action the newest entry stays: it comes first, and the sort is stable.
  before.reverse();
  // Iterated backwards everywhere, hence descending.
  sortByNumber(before);
  let last = 0;
  for (let i = 1; i < before.length; i++) {
    const relation = before[i] as Relation;
    const kept = before[last] as Relation;
    if (relation.action === kept.action) kept.kinds |= relation.kinds;
    else before[++last] = relation;
  }
  before.length = last + 1;
}

/** The engine's own sort makes two lists for each; nearly all of these are short, or in order already. */
const SHORT = 32;

/** Descending and stable. */
function sortByNumber(relations: Relation[]): void {
  if (relations.length > SHORT) {
    relations.sort((a, b) => b.action.id - a.action.id);
    return;
  }
  for (let i = 1; i < relations.length; i++) {
    const relation = relations[i] as Relation;
    let to = i;
    for (; to > 0 && (relations[to - 1] as Relation).action.id < relation.action.id; to--)
      relations[to] = relations[to - 1] as Relation;
    relations[to] = relation;
  }
}

const WEAK =
  RelationKind.Ordered | RelationKind.FirstImpliesThenGraphed | RelationKind.ThenImpliesFirstGraphed;

/**
 * Whether an input of `then` becomes a trigger. Relations that turn out to be void are disabled for good.
 * Source: part 4, 13.3.2.
 */
export function isInputKept(relation: Relation, then: Action): boolean {
  const { action: first, kinds } = relation;
  if (relation.isGraphed) return true;
  if (kinds === RelationKind.None) return false;
  if (!hasActionFlags(first, ActionFlag.Runnable)) {
    if ((kinds & ~WEAK) === 0) return false;
    if ((kinds & RelationKind.MinRunnable) !== 0) return false;
    if ((kinds & RelationKind.UnmigratableThenBlocks) !== 0) return false;
  }
  const isFirstMigratable = hasActionFlags(first, ActionFlag.Migratable);
  if ((kinds & RelationKind.IfFirstUnmigratable) !== 0 && isFirstMigratable) return false;
  if (kinds === RelationKind.Ordered && isFirstMigratable && first.key.endsWith("_stop_0")) {
    return false;
  }
  if (kinds === RelationKind.IfOnSameNodeOrTarget) return isSameNodeOrTarget(relation, then);
  if (kinds === RelationKind.IfRequiredOnSameNode) return isRequiredOnSameNode(relation, then);
  if (isStopOfFailedUnmanaged(first, then)) return false;
  const canBeInGraph = ActionFlag.AlwaysInGraph | ActionFlag.AddedToGraph;
  return (
    !hasActionFlags(first, ActionFlag.Optional) || (first.flags & canBeInGraph) !== 0 || belongsInGraph(first)
  );
}

/** Rule 8. */
function isSameNodeOrTarget(relation: Relation, then: Action): boolean {
  const first = relation.action;
  if (then.resource !== null && then.task === "migrate_to") {
    const target = then.resource.assignedNode;
    if (first.node !== null && first.node === target) return true;
  } else if (first.node !== null && first.node === then.node && !hasActionFlags(first, ActionFlag.Optional)) {
    return true;
  }
  relation.kinds = RelationKind.None;
  return false;
}

/** Rule 9. */
function isRequiredOnSameNode(relation: Relation, then: Action): boolean {
  const first = relation.action;
  const isElsewhere = first.node !== null && then.node !== null && first.node !== then.node;
  if (!isElsewhere && !hasActionFlags(first, ActionFlag.Optional)) return true;
  relation.kinds = RelationKind.None;
  return false;
}

/** Rule 10. */
function isStopOfFailedUnmanaged(first: Action, then: Action): boolean {
  const resource = first.resource;
  return (
    resource !== null &&
    resource !== then.resource &&
    hasFlags(resource, ResourceFlag.Failed) &&
    !hasFlags(resource, ResourceFlag.Managed) &&
    first.key.endsWith("_stop_0") &&
    then.resource !== null &&
    then.resource.clone !== null
  );
}

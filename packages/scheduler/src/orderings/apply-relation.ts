import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { ClusterNode } from "../model/node.ts";
import { type Relation, RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { applyToResource, Changed } from "./apply-kind.ts";
import type { UpdateRun } from "./update-run.ts";

/** A relation with what is known about its two actions. */
export interface RelationFacts {
  readonly first: Action;
  readonly then: Action;
  /** As orderings see them (`orderingFlags`). */
  readonly firstFlags: number;
  readonly thenFlags: number;
  readonly relation: Relation;
}

/** The kinds that go through the method of a resource, in the order in which they are applied. */
const KINDS_IN_ORDER: readonly number[] = [
  RelationKind.FirstImpliesThen,
  RelationKind.IntermediateStop,
  RelationKind.ThenImpliesFirst,
  RelationKind.PromotedThenImpliesFirst,
  RelationKind.MinRunnable,
  RelationKind.NestedRemoteProbe,
  RelationKind.UnrunnableFirstBlocks,
  RelationKind.UnmigratableThenBlocks,
  RelationKind.FirstElseThen,
  RelationKind.Ordered,
  RelationKind.Asymmetric,
];

/** Applies everything that a relation means; tells which of the two actions changed. Part 4, 12.3 step 7. */
export function applyRelation(run: UpdateRun, facts: RelationFacts): number {
  const { first, then, firstFlags, thenFlags, relation } = facts;
  let scope: ClusterNode | null = then.node;
  if ((relation.kinds & RelationKind.FirstImpliesSameNodeThen) !== 0) {
    relation.kinds &= ~RelationKind.FirstImpliesSameNodeThen;
    relation.kinds |= RelationKind.FirstImpliesThen;
    scope = first.node;
  }
  let changed: number = Changed.None;
  for (const kind of KINDS_IN_ORDER) {
    if ((relation.kinds & kind) === 0) continue;
    changed |= applyOne(run, facts, kind, kind === RelationKind.FirstImpliesThen ? scope : then.node);
  }
  if ((relation.kinds & RelationKind.ThenImpliesFirstGraphed) !== 0 && isRequired(thenFlags)) {
    first.flags |= ActionFlag.AlwaysInGraph;
  }
  if (
    (relation.kinds & RelationKind.FirstImpliesThenGraphed) !== 0 &&
    hasActionFlags(first, ActionFlag.Runnable) &&
    isRequired(firstFlags)
  ) {
    then.flags |= ActionFlag.AlwaysInGraph;
  }
  if (isBlockedStop(first, relation.kinds) && hasActionFlags(then, ActionFlag.Runnable)) {
    then.flags &= ~ActionFlag.Runnable;
    run.noteFlags(then.resource);
    changed |= Changed.Then;
  }
  return changed;
}

function applyOne(run: UpdateRun, facts: RelationFacts, kind: number, scope: ClusterNode | null): number {
  const { first, then, firstFlags, relation } = facts;
  switch (kind) {
    case RelationKind.ThenImpliesFirst:
      return first.resource === null
        ? makeUnrunnableIfRequired(run, first, firstFlags)
        : method(run, first.resource, facts, kind, scope);
    case RelationKind.NestedRemoteProbe:
      if (!isRunnable(firstFlags) && first.resource !== null && first.resource.activeNodes.length > 0) {
        relation.kinds = RelationKind.None;
        return Changed.None;
      }
      return then.resource === null
        ? Changed.None
        : method(run, then.resource, facts, RelationKind.UnrunnableFirstBlocks, scope);
    default:
      return then.resource === null
        ? applyWithoutResource(run, facts, kind)
        : method(run, then.resource, facts, kind, scope);
  }
}

function method(
  run: UpdateRun,
  resource: Resource,
  facts: RelationFacts,
  kind: number,
  scope: ClusterNode | null,
): number {
  const { first, then, firstFlags } = facts;
  return applyToResource(run, resource, { first, then, firstFlags, kind, scope });
}

/** What a relation means for fencing, shutdown and other actions without resource; they get no reason from it. */
function applyWithoutResource(run: UpdateRun, facts: RelationFacts, kind: number): number {
  const { then, firstFlags } = facts;
  const flagsBefore = then.flags;
  switch (kind) {
    case RelationKind.FirstImpliesThen:
      if (isRequired(firstFlags)) then.flags &= ~ActionFlag.Optional;
      break;
    case RelationKind.UnrunnableFirstBlocks:
      if (!isRunnable(firstFlags)) then.flags &= ~ActionFlag.Runnable;
      break;
    case RelationKind.MinRunnable:
      if (isRunnable(firstFlags)) {
        then.runnableBefore += 1;
        if (then.runnableBefore >= then.requiredRunnableBefore) then.flags |= ActionFlag.Runnable;
      }
      break;
  }
  if (then.flags === flagsBefore) return Changed.None;
  run.noteFlags(then.resource);
  return Changed.Then;
}

function makeUnrunnableIfRequired(run: UpdateRun, first: Action, firstFlags: number): number {
  if (!isRequired(firstFlags) || !hasActionFlags(first, ActionFlag.Runnable)) return Changed.None;
  first.flags &= ~ActionFlag.Runnable;
  run.noteFlags(first.resource);
  return Changed.First;
}

const IMPLYING =
  RelationKind.FirstImpliesThen | RelationKind.ThenImpliesFirst | RelationKind.IntermediateStop;

/** A stop that cannot be done because its resource is blocked holds up what comes after it. */
function isBlockedStop(first: Action, kinds: number): boolean {
  const resource = first.resource;
  return (
    (kinds & IMPLYING) !== 0 &&
    first.task === "stop" &&
    !hasActionFlags(first, ActionFlag.Runnable) &&
    resource !== null &&
    hasFlags(resource, ResourceFlag.Blocked) &&
    !hasFlags(resource, ResourceFlag.Managed)
  );
}

function isRequired(flags: number): boolean {
  return (flags & ActionFlag.Optional) === 0;
}

function isRunnable(flags: number): boolean {
  return (flags & ActionFlag.Runnable) !== 0;
}

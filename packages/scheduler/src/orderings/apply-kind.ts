import { firstAction } from "../actions/find-actions.ts";
import { type Action, ActionFlag } from "../model/action.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { type Resource, Variant } from "../model/resource.ts";
import { instancesOf } from "./compatible-instance.ts";
import { applyInterleaved, isInterleaved } from "./interleave.ts";
import { flagsOf } from "./ordering-flags.ts";
import { applyToActions } from "./pair-effects.ts";
import type { UpdateRun } from "./update-run.ts";

/** Which side of a relation changed; a set of bits. */
export const Changed = { None: 0, First: 1, Then: 2 } as const;

/** One kind of a relation to be applied to two actions. */
export interface KindFacts {
  readonly first: Action;
  readonly then: Action;
  /** Of `first`, as orderings see them. */
  readonly firstFlags: number;
  /** One bit of `RelationKind`. */
  readonly kind: number;
  /** Only parts that are on this node are affected; null: all. */
  readonly scope: ClusterNode | null;
}

/** Applies one kind as the resource's variant demands: to the actions, and to those of its parts. Part 4, 12.4-12.6. */
export function applyToResource(run: UpdateRun, resource: Resource, facts: KindFacts): number {
  switch (resource.variant) {
    case Variant.Primitive:
      return applyToPair(run, facts);
    case Variant.Group:
      return applyToGroup(run, facts);
    case Variant.Clone:
    case Variant.Bundle:
      if (facts.then.resource === null) return Changed.None;
      if (isInterleaved(facts.first, facts.then)) return applyInterleaved(run, facts);
      return applyToInstances(run, facts, facts.then.resource);
  }
}

/** Applies the kind to the two actions themselves. Source: part 4, 12.4. */
function applyToPair(run: UpdateRun, facts: KindFacts): number {
  const { first, then } = facts;
  const firstBefore = first.flags;
  const thenBefore = then.flags;
  applyToActions(facts);
  let changed: number = Changed.None;
  if (first.flags !== firstBefore) run.noteFlags(first.resource);
  if (then.flags !== thenBefore) {
    run.noteFlags(then.resource);
    changed |= Changed.Then;
    if (then.resource !== null && then.resource.parent !== null) run.update(then);
  }
  if (first.flags !== firstBefore) changed |= Changed.First;
  return changed;
}

/** Source: part 4, 12.5.2. */
function applyToGroup(run: UpdateRun, facts: KindFacts): number {
  let changed = applyToPair(run, facts);
  for (const child of facts.then.resource?.children ?? []) {
    const then = firstAction(child, facts.then.task, facts.scope);
    if (then !== null) changed |= applyToResource(run, child, withThen(facts, then));
  }
  return changed;
}

/** Source: part 4, 12.6.3. */
function applyToInstances(run: UpdateRun, facts: KindFacts, collective: Resource): number {
  let changed = applyToPair(run, facts);
  if (cannotMatter(facts)) return changed;
  for (const instance of instancesOf(collective)) {
    const then = firstAction(instance, facts.then.task, facts.scope);
    // Of a group the flags that follow from its members count: its own start may be blocked already.
    if (then === null || (flagsOf(then, instance, facts.scope) & ActionFlag.Runnable) === 0) continue;
    const changedHere = applyToResource(run, instance, withThen(facts, then));
    changed |= changedHere;
    if ((changedHere & Changed.Then) !== 0) run.updateAfter(then);
  }
  return changed;
}

/** Kinds that depend on nothing but the first action's flags, when those say no; spares the walk over instances. */
function cannotMatter(facts: KindFacts): boolean {
  switch (facts.kind) {
    case RelationKind.Ordered:
    case RelationKind.MinRunnable:
      return true;
    case RelationKind.FirstImpliesThen:
      return (facts.firstFlags & ActionFlag.Optional) !== 0;
    case RelationKind.UnrunnableFirstBlocks:
      return (facts.firstFlags & ActionFlag.Runnable) !== 0;
    default:
      return false;
  }
}

function withThen(facts: KindFacts, then: Action): KindFacts {
  return {
    first: facts.first,
    then,
    firstFlags: facts.firstFlags,
    kind: facts.kind,
    scope: facts.scope,
  };
}

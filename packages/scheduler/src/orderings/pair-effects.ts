import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { roleOf } from "../model/activity.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { clearFlagBecause } from "./action-changes.ts";
import type { KindFacts } from "./apply-kind.ts";

/** What one kind of relation does to the flags of the two actions. Source: part 4, 12.1. */
export function applyToActions(facts: KindFacts): void {
  const { first, then, firstFlags } = facts;
  switch (facts.kind) {
    case RelationKind.FirstImpliesThen:
      if ((firstFlags & ActionFlag.Optional) === 0 && !hasActionFlags(first, ActionFlag.Migratable)) {
        clearFlagBecause(then, ActionFlag.Optional, first);
      }
      return;
    case RelationKind.IntermediateStop:
      applyIntermediateStop(first, then);
      return;
    case RelationKind.ThenImpliesFirst:
      applyThenImpliesFirst(first, then, firstFlags);
      return;
    case RelationKind.PromotedThenImpliesFirst:
      applyPromotedThenImpliesFirst(first, then);
      return;
    case RelationKind.UnrunnableFirstBlocks:
      if ((firstFlags & ActionFlag.Runnable) === 0 && hasActionFlags(then, ActionFlag.Runnable)) {
        clearFlagBecause(then, ActionFlag.Runnable, first);
        clearFlagBecause(then, ActionFlag.Migratable, first);
      }
      return;
    case RelationKind.UnmigratableThenBlocks:
      if (!hasActionFlags(then, ActionFlag.Migratable | ActionFlag.Runnable)) {
        clearFlagBecause(first, ActionFlag.Runnable, then);
      }
      if (!hasActionFlags(then, ActionFlag.Optional)) {
        clearFlagBecause(first, ActionFlag.Optional, then);
      }
      return;
    case RelationKind.FirstElseThen:
      if (!hasActionFlags(first, ActionFlag.Runnable)) {
        clearFlagBecause(then, ActionFlag.Migratable, first);
        then.flags &= ~ActionFlag.Pseudo;
      }
      return;
    case RelationKind.Asymmetric:
      applyAsymmetric(first, then);
      return;
  }
}

/** Turns "start required" into a restart, and "start impossible" into a stop. Source: part 4, 12.4. */
function applyIntermediateStop(first: Action, then: Action): void {
  const isRestart = !hasActionFlags(then, ActionFlag.Optional);
  const isStop =
    !hasActionFlags(then, ActionFlag.Runnable) &&
    then.resource !== null &&
    hasFlags(then.resource, ResourceFlag.Managed) &&
    first.resource === then.resource;
  if (!isRestart && !isStop) return;
  if (hasActionFlags(first, ActionFlag.Runnable)) clearFlagBecause(first, ActionFlag.Optional, then);
  if (isRestart) clearFlagBecause(first, ActionFlag.Optional, then);
  if (!hasActionFlags(then, ActionFlag.Migratable)) {
    clearFlagBecause(first, ActionFlag.Migratable, then);
  }
  if (!hasActionFlags(first, ActionFlag.Optional) && !hasActionFlags(first, ActionFlag.Runnable)) {
    clearFlagBecause(then, ActionFlag.Runnable, first);
  }
}

function applyThenImpliesFirst(first: Action, then: Action, firstFlags: number): void {
  if (hasActionFlags(then, ActionFlag.Optional)) return;
  if ((firstFlags & ActionFlag.Optional) === 0) clearFlagBecause(first, ActionFlag.Optional, then);
  if ((firstFlags & ActionFlag.Migratable) !== 0 && !hasActionFlags(then, ActionFlag.Migratable)) {
    clearFlagBecause(first, ActionFlag.Migratable, then);
  }
}

function applyPromotedThenImpliesFirst(first: Action, then: Action): void {
  if (hasActionFlags(then, ActionFlag.Optional) || then.resource === null) return;
  if (roleOf(then.resource) !== Role.Promoted) return;
  clearFlagBecause(first, ActionFlag.Optional, then);
  if (!hasActionFlags(then, ActionFlag.Migratable)) {
    clearFlagBecause(first, ActionFlag.Migratable, then);
  }
}

/** What cannot be done first blocks what comes then, unless that has no effect any more. */
function applyAsymmetric(first: Action, then: Action): void {
  const resource = then.resource;
  if (resource === null || hasActionFlags(first, ActionFlag.Runnable)) return;
  if (hasActionFlags(then, ActionFlag.Optional)) {
    const role = roleOf(resource);
    if (then.task === "stop" && role === Role.Stopped) return;
    const isThereOnly = resource.activeNodes.length === 1 && resource.activeNodes[0] === then.node;
    if (then.task === "start" && role >= Role.Started && isThereOnly) return;
  }
  clearFlagBecause(then, ActionFlag.Optional, first);
  clearFlagBecause(then, ActionFlag.Runnable, first);
}

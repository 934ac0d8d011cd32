import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { RelationKind } from "../model/ordering.ts";
import type { Resource } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import type { ActionExplanation, ActionReference } from "./explanation-data.ts";

/** Explains what is done with a primitive, and what should be done but cannot, in order of creation. */
export function explainActions(resource: Resource): ActionExplanation[] {
  return resource.actions
    .filter((action) => isTold(resource, action))
    .map((action) => ({
      key: action.key,
      task: action.task,
      node: action.node?.name ?? null,
      isRequired: !hasActionFlags(action, ActionFlag.Optional),
      isRunnable: hasActionFlags(action, ActionFlag.Runnable),
      isInGraph: hasActionFlags(action, ActionFlag.AddedToGraph),
      reason: action.reason,
      blockedBy: inputsOf(action, isBlocking),
      after: inputsOf(action, isPerformed),
    }));
}

/**
 * Probes and actions that need not be done say nothing; nor does the promotion of an instance that was not chosen for it, which the
 * decision about its role explains.
 */
function isTold(resource: Resource, action: Action): boolean {
  if (hasActionFlags(action, ActionFlag.AddedToGraph)) return true;
  if (action.task === "promote" && resource.nextRole !== Role.Promoted) return false;
  if (action.task === "start" || action.task === "promote") {
    return !hasActionFlags(action, ActionFlag.Runnable);
  }
  return !hasActionFlags(action, ActionFlag.Optional);
}

const BLOCKING_KINDS =
  RelationKind.UnrunnableFirstBlocks | RelationKind.Asymmetric | RelationKind.NestedRemoteProbe;

function isBlocking(first: Action, kinds: number): boolean {
  return (kinds & BLOCKING_KINDS) !== 0 && !hasActionFlags(first, ActionFlag.Runnable);
}

function isPerformed(first: Action, kinds: number): boolean {
  return kinds !== 0 && hasActionFlags(first, ActionFlag.AddedToGraph);
}

function inputsOf(
  action: Action,
  isMeant: (first: Action, kinds: number) => boolean,
): readonly ActionReference[] {
  const references: ActionReference[] = [];
  const known = new Set<Action>();
  for (const relation of action.before) {
    const first = relation.action;
    if (known.has(first) || !isMeant(first, relation.kinds)) continue;
    known.add(first);
    references.push({ key: first.key, node: first.node?.name ?? null });
  }
  return references;
}

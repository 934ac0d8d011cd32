import { INFINITY } from "@quorate/cib";
import { allActions, firstAction } from "../actions/find-actions.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { topWithBundle } from "../model/ancestry.ts";
import type { Reason } from "../model/reason.ts";
import type { Resource } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { withThisColocations } from "../placement/colocation-lists.ts";
import type { UpdateRun } from "./update-run.ts";

/**
 * When a resource cannot be started or promoted, neither can what must be where it is. Source: part 4, 12.7.
 */
export function blockColocationDependents(run: UpdateRun, action: Action): void {
  const { resource, task } = action;
  if (resource === null || hasActionFlags(action, ActionFlag.Runnable)) return;
  if (task !== "start" && task !== "promote") return;
  const top = topWithBundle(resource);
  const mandatory = withThisColocations(top).filter(
    ({ score, primaryRole }) => score === INFINITY && (task !== "promote" || primaryRole === Role.Promoted),
  );
  if (mandatory.length === 0) return;
  if (top.children.length > 0 && !isBlockedInAllParts(top, task)) return;
  const reason: Reason = { kind: "colocation", resource: resource.id };
  for (const colocation of mandatory) {
    const dependentTask = colocation.dependentRole === Role.Promoted ? "promote" : "start";
    blockWithParts(run, colocation.dependent, dependentTask, reason);
  }
}

function isBlockedInAllParts(collective: Resource, task: string): boolean {
  return collective.children.every((child) => {
    const action = firstAction(child, task);
    return action !== null && !hasActionFlags(action, ActionFlag.Runnable);
  });
}

function blockWithParts(run: UpdateRun, resource: Resource, task: string, reason: Reason): void {
  for (const action of [...allActions(resource, task)]) {
    if (!hasActionFlags(action, ActionFlag.Runnable)) continue;
    action.flags &= ~ActionFlag.Runnable;
    action.reason ??= reason;
    run.noteFlags(resource);
    run.blockDependents(action);
    run.update(action);
  }
  for (const child of resource.children) blockWithParts(run, child, task, reason);
}

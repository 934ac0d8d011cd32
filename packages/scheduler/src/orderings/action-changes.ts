import { type Action, ActionFlag } from "../model/action.ts";

/** The kind of reason that the loss of a flag has. */
function reasonKind(flag: number): "required" | "unrunnable" | "unmigrateable" {
  if (flag === ActionFlag.Optional) return "required";
  return flag === ActionFlag.Runnable ? "unrunnable" : "unmigrateable";
}

/**
 * Takes a flag (optional, runnable or migratable) from an action because of another one, which becomes the reason unless there is one already, or
 * both actions are of one resource. Source: part 4, 5.4.
 */
export function clearFlagBecause(action: Action, flag: number, cause: Action): void {
  if ((action.flags & flag) === 0) return;
  action.flags &= ~flag;
  if (action.resource === cause.resource || action.reason !== null) return;
  action.reason = {
    kind: reasonKind(flag),
    resource: cause.resource === null ? null : cause.resource.id,
    task: cause.task,
  };
}

import { type Action, ActionFlag } from "../model/action.ts";

type LosableFlag = typeof ActionFlag.Optional | typeof ActionFlag.Runnable | typeof ActionFlag.Migratable;

function reasonKind(flag: LosableFlag): "required" | "unrunnable" | "unmigrateable" {
  switch (flag) {
    case ActionFlag.Optional:
      return "required";
    case ActionFlag.Runnable:
      return "unrunnable";
    case ActionFlag.Migratable:
      return "unmigrateable";
  }
}

/**
 * Takes a flag from an action because of another one, which becomes the reason unless there is one already, or
 * both actions are of one resource. Source: part 4, 5.4.
 */
export function clearFlagBecause(action: Action, flag: LosableFlag, cause: Action): void {
  if ((action.flags & flag) === 0) return;
  action.flags &= ~flag;
  if (action.resource === cause.resource || action.reason !== null) return;
  action.reason = {
    kind: reasonKind(flag),
    resource: cause.resource === null ? null : cause.resource.id,
    task: cause.task,
  };
}

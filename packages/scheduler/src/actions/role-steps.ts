import { Role } from "../model/role.ts";

/** What takes a primitive from one role to the next one; null: nothing needs to be done. */
export type RoleStep = "start" | "stop" | "promote" | "demote";

const NEXT: readonly (readonly Role[])[] = [
  [Role.Unknown, Role.Stopped, Role.Stopped, Role.Stopped, Role.Stopped],
  [Role.Stopped, Role.Stopped, Role.Started, Role.Unpromoted, Role.Unpromoted],
  [Role.Stopped, Role.Stopped, Role.Started, Role.Unpromoted, Role.Promoted],
  [Role.Stopped, Role.Stopped, Role.Stopped, Role.Unpromoted, Role.Promoted],
  [Role.Stopped, Role.Unpromoted, Role.Unpromoted, Role.Unpromoted, Role.Promoted],
];

/** The role that comes next on the way from a role to a target. Source: part 3, 15.1. */
export function nextRoleToward(from: Role, target: Role): Role {
  return NEXT[from]?.[target] ?? Role.Stopped;
}

/** What one step of `nextRoleToward` takes. Source: part 3, 15.1. */
export function stepBetween(from: Role, to: Role): RoleStep | null {
  switch (from) {
    case Role.Unknown:
      return to === Role.Stopped ? "stop" : null;
    case Role.Stopped:
      return to === Role.Started || to === Role.Unpromoted ? "start" : null;
    case Role.Started:
      if (to === Role.Stopped) return "stop";
      return to === Role.Promoted ? "promote" : null;
    case Role.Unpromoted:
      if (to === Role.Stopped || to === Role.Started) return "stop";
      return to === Role.Promoted ? "promote" : null;
    case Role.Promoted:
      return to === Role.Promoted || to === Role.Unknown ? null : "demote";
  }
}

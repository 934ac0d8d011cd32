/**
 * What a resource is or is to be on a node. The numbers are an order: `role > Role.Unpromoted` means promoted.
 * `Unknown` as a next role means "not decided yet". Source: scheduler specification, part 1, conventions.
 */
export const Role = { Unknown: 0, Stopped: 1, Started: 2, Unpromoted: 3, Promoted: 4 } as const;
export type Role = (typeof Role)[keyof typeof Role];

const ROLE_NAMES: readonly string[] = ["Unknown", "Stopped", "Started", "Unpromoted", "Promoted"];

/** The name under which administrators know the role. */
export function roleName(role: Role): string {
  return ROLE_NAMES[role] ?? "Unknown";
}

/** Reads a role name, ignoring case; `Master` and `Slave` are the old names. Null when it is no role name. */
export function parseRole(text: string): Role | null {
  switch (text.toLowerCase()) {
    case "stopped":
      return Role.Stopped;
    case "started":
      return Role.Started;
    case "unpromoted":
    case "slave":
      return Role.Unpromoted;
    case "promoted":
    case "master":
      return Role.Promoted;
    case "unknown":
      return Role.Unknown;
    default:
      return null;
  }
}

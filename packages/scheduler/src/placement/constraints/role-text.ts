import { parseRole, Role } from "../../model/role.ts";

/** The role of a colocation or ticket constraint: Started means any. Null when invalid. Source: part 2, 3.6. */
export function parseConstraintRole(text: string | null): Role | null {
  if (text === null) return Role.Unknown;
  const role = parseRole(text);
  return role === Role.Started ? Role.Unknown : role;
}

/** The role filter of a location constraint: only Stopped and Promoted filter. Null when invalid. Source: part 2, 4.2.4. */
export function parseLocationRole(text: string | null): Role | null {
  const role = text === null ? Role.Unknown : parseRole(text);
  return role === Role.Started || role === Role.Unpromoted ? Role.Unknown : role;
}

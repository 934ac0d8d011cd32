import { compareDotted } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";

export const ROLES = ["Master", "Promoted", "Slave", "Started", "Stopped", "Unpromoted"] as const;

/** Since when schemas know the roles Promoted and Unpromoted. */
const NEW_ROLES_SCHEMA = "3.7";

/** The role as the schema of the CIB spells it: old schemas know only Master and Slave. */
export function roleForSchema(cib: XmlElement, role: string): string {
  const isOld = compareDotted(schemaVersion(cib), NEW_ROLES_SCHEMA) < 0;
  switch (role) {
    case "Master":
    case "Promoted":
      return isOld ? "Master" : "Promoted";
    case "Slave":
    case "Unpromoted":
      return isOld ? "Slave" : "Unpromoted";
    default:
      return role;
  }
}

/** `3.9` of `pacemaker-3.9`. */
export function schemaVersion(cib: XmlElement): string {
  return /^pacemaker-([\d.]+)$/.exec(cib.get("validate-with") ?? "")?.[1] ?? "99";
}

/** The new word for a role. */
export function modernRole(role: string): string {
  return role === "Master" ? "Promoted" : role === "Slave" ? "Unpromoted" : role;
}

import type { XmlElement } from "@quorate/xml";
import type { Identity } from "./identity.ts";

export type AclKind = "deny" | "write" | "read";

/** One rule: what the XPath selects may be read, written, or neither. */
export interface AclPermission {
  readonly kind: AclKind;
  readonly xpath: string;
}

/** The rules that apply to a user, from all targets and groups that name it. Source: CIB specification, section 10. */
export function permissionsOf(cib: XmlElement, { user, groups }: Identity): readonly AclPermission[] {
  const acls = cib.first("configuration")?.first("acls") ?? null;
  if (acls === null) return [];
  const roles = new Map<string, XmlElement>();
  for (const role of acls.all("acl_role"))
    if (role.id !== null && !roles.has(role.id)) roles.set(role.id, role);
  const permissions: AclPermission[] = [];
  for (const element of acls.elements()) {
    const name = element.get("name") ?? element.id;
    const isMeant =
      (element.name === "acl_target" && name === user) ||
      (element.name === "acl_group" && name !== null && groups.includes(name));
    if (!isMeant) continue;
    for (const reference of element.all("role")) {
      for (const permission of roles.get(reference.id ?? "")?.all("acl_permission") ?? []) {
        const kind = kindOf(permission);
        const xpath = xpathOf(permission);
        if (kind !== null && xpath !== null) permissions.push({ kind, xpath });
      }
    }
  }
  return permissions;
}

function kindOf(permission: XmlElement): AclKind | null {
  const kind = permission.get("kind");
  return kind === "deny" || kind === "write" || kind === "read" ? kind : null;
}

/** Null for a permission that names nothing, which so gives nothing. */
function xpathOf(permission: XmlElement): string | null {
  const xpath = permission.get("xpath");
  if (xpath !== null) return xpath;
  const tag = permission.get("object-type");
  const reference = permission.get("reference");
  const attribute = permission.get("attribute");
  if (reference !== null) return `//${tag ?? "*"}[@id='${reference}']`;
  if (tag === null && attribute === null) return null;
  return attribute === null ? `//${tag}` : `//${tag ?? "*"}[@${attribute}]`;
}

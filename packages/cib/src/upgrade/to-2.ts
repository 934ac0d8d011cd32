import { XmlElement } from "@quorate/xml";
import { below, replaceElement, sectionOf } from "./elements.ts";

const KINDS: ReadonlySet<string> = new Set(["read", "write", "deny"]);

/** Old access rules (`acl_user`, and rules named after what they do) as targets, roles and permissions. */
export function upgradeTo2(cib: XmlElement): void {
  const acls = sectionOf(cib, "acls");
  if (acls === null) return;
  for (const role of acls.all("acl_role")) {
    for (const rule of role.elements()) if (KINDS.has(rule.name)) replaceElement(rule, permissionOf(rule));
  }
  for (const user of below(acls, "acl_user")) {
    const target = new XmlElement("acl_target", user.attributes);
    const rules = user.elements().filter(({ name }) => KINDS.has(name));
    if (rules.length > 0) {
      const role = new XmlElement("acl_role", [["id", `auto-${user.id ?? ""}`]]);
      for (const rule of rules) role.append(permissionOf(rule));
      acls.insert(role, acls.children.indexOf(user));
      target.append(new XmlElement("role", [["id", role.id!]]));
    }
    for (const reference of user.all("role_ref")) target.append(new XmlElement("role", reference.attributes));
    replaceElement(user, target);
  }
}

function permissionOf(rule: XmlElement): XmlElement {
  const permission = new XmlElement("acl_permission", [["kind", rule.name]]);
  for (const [name, value] of rule.attributes) {
    permission.set(name === "ref" ? "reference" : name === "tag" ? "object-type" : name, value);
  }
  return permission;
}

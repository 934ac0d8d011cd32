import { isTrue } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { sectionElements } from "../../configuration/sections.ts";
import { clusterProperties } from "../property/cluster-properties.ts";

/** Access control lists as `pcs acl` shows them. */
export function aclText(cib: XmlElement): string {
  const elements = sectionElements(cib, "acls");
  const isEnabled = isTrue(clusterProperties(cib).get("enable-acl") ?? "false");
  const lines = [
    isEnabled ? "ACLs are enabled" : "ACLs are disabled, run 'pcs acl enable' to enable",
    "",
    ...elements.filter(({ name }) => name === "acl_target").flatMap((user) => holderLines("User", user)),
    ...elements.filter(({ name }) => name === "acl_group").flatMap((group) => holderLines("Group", group)),
    ...elements.filter(({ name }) => name === "acl_role").flatMap(roleLines),
  ];
  return `${lines.join("\n")}\n`;
}

function holderLines(title: string, holder: XmlElement): string[] {
  const roles = holder.all("role").map(({ id }) => id ?? "");
  return [`${title}: ${holder.id}`, `  ${["Roles:", ...roles].join(" ")}`];
}

function roleLines(role: XmlElement): string[] {
  const description = role.get("description");
  return [
    `Role: ${role.id}`,
    ...(description === null || description === "" ? [] : [`  Description: ${description}`]),
    ...role.all("acl_permission").map(permissionLine),
  ];
}

function permissionLine(permission: XmlElement): string {
  const xpath = permission.get("xpath");
  const what = xpath === null ? `id ${permission.get("reference") ?? ""}` : `xpath ${xpath}`;
  return `  Permission: ${permission.get("kind")} ${what} (${permission.id})`;
}

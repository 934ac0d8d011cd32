import type { XmlElement } from "@quorate/xml";
import { below, sectionOf } from "../elements.ts";

/** Selects nothing: a permission about something that is gone neither gives nor takes anything. */
const NOTHING = "/*[false()]";

/** Access rules follow what they were about. `replaced`: what stands for ids that are gone. */
export function updateAclReferences(
  cib: XmlElement,
  idsBefore: ReadonlySet<string>,
  replaced: ReadonlyMap<string, readonly string[]>,
): void {
  const present = new Set<string>();
  for (const element of below(cib)) if (element.id !== null) present.add(element.id);
  for (const permission of below(sectionOf(cib, "acls"), "acl_permission")) {
    const reference = permission.get("reference");
    if (reference === null || present.has(reference) || !idsBefore.has(reference)) continue;
    const ids = replaced.get(reference) ?? [];
    permission.attributes.delete("reference");
    permission.attributes.delete("object-type");
    permission.attributes.delete("attribute");
    const xpath = ids.length === 0 ? NOTHING : `//*[${ids.map((id) => `@id = '${id}'`).join(" or ")}]`;
    permission.set("xpath", xpath);
  }
}

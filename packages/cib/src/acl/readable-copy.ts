import { XmlElement } from "@quorate/xml";
import { type Access, AccessView } from "./access.ts";
import type { Identity } from "./identity.ts";
import { permissionsOf } from "./permissions.ts";

/**
 * The part of a document that a user may read; null when there is none. What leads to it keeps its name and id alone.
 * Source: CIB specification, section 10.
 */
export function readableCopy(cib: XmlElement, identity: Identity): XmlElement | null {
  const permissions = permissionsOf(cib, identity);
  if (permissions.length === 0) return null;
  return copyReadable(cib, new AccessView(cib, permissions), "denied");
}

function copyReadable(element: XmlElement, view: AccessView, inherited: Access): XmlElement | null {
  const access = view.access(element, inherited);
  const isReadable = access !== "denied";
  const id = element.get("id");
  const attributes = isReadable ? element.attributes : id === null ? [] : [["id", id] as const];
  const copy = new XmlElement(element.name, attributes, element.line);
  for (const child of element.children) {
    if (child.kind !== "element") {
      if (isReadable) copy.append(child.clone());
      continue;
    }
    const readable = copyReadable(child, view, access);
    if (readable !== null) copy.append(readable);
  }
  return isReadable || copy.children.length > 0 ? copy : null;
}

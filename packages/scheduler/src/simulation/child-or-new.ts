import { XmlElement } from "@quorate/xml";

/** The child with that name (and id, if one is given), appended when there is none. */
export function childOrNew(parent: XmlElement, name: string, id?: string): XmlElement {
  const found = id === undefined ? parent.first(name) : parent.all(name).find((child) => child.id === id);
  if (found !== null && found !== undefined) return found;
  const created = new XmlElement(name, id === undefined ? [] : [["id", id]]);
  parent.append(created);
  return created;
}

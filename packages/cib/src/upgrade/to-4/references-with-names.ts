import { XmlElement } from "@quorate/xml";
import { below, replaceElement } from "../elements.ts";
import { PREFIX_4 } from "./prefix.ts";

/**
 * A reference to a pair under another name (`id-ref` and `name`) becomes a pair of its own the first time, and a reference to that one
 * afterwards.
 */
export function expandNamedReferences(cib: XmlElement): void {
  const pairs = new Map<string, XmlElement>();
  for (const pair of below(cib, "nvpair")) if (pair.id !== null) pairs.set(pair.id, pair);
  const made = new Set<string>();
  for (const reference of below(cib, "nvpair")) {
    const target = reference.get("id-ref");
    const name = reference.get("name");
    if (target === null || name === null) continue;
    const id = `${PREFIX_4}${target}-${name}`;
    if (made.has(id)) {
      replaceElement(reference, new XmlElement("nvpair", [["id-ref", id]]));
      continue;
    }
    const value = pairs.get(target)?.get("value") ?? null;
    if (value === null) {
      reference.remove();
      continue;
    }
    made.add(id);
    const pair = new XmlElement("nvpair", [
      ["id", id],
      ["name", name],
      ["value", value],
    ]);
    replaceElement(reference, pair);
  }
}

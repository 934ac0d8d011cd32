import type { Unpacking } from "./unpacking.ts";
import { attributeOf } from "./xml-attribute.ts";

/** Reads the tags: id -> what it refers to, each once, in order. A tag may be repeated. Source: part 1, 9.1. */
export function unpackTags(unpacking: Unpacking): void {
  const { cluster, sections } = unpacking;
  for (const element of sections.tags?.all("tag") ?? []) {
    const id = attributeOf(element, "id");
    if (id === null) continue;
    const references = cluster.tags.get(id) ?? [];
    cluster.tags.set(id, references);
    for (const reference of element.all("obj_ref")) {
      const target = attributeOf(reference, "id");
      if (target !== null && !references.includes(target)) references.push(target);
    }
  }
}

import type { XmlElement } from "./tree.ts";

/**
 * The elements that have an `id`, by that id, root included. Of several with one id the first in document
 * order is kept. A snapshot: it does not follow later changes of the tree.
 */
export function indexById(root: XmlElement): Map<string, XmlElement> {
  const index = new Map<string, XmlElement>();
  if (root.id !== null) index.set(root.id, root);
  for (const element of root.descendants()) {
    const id = element.id;
    if (id !== null && !index.has(id)) index.set(id, element);
  }
  return index;
}

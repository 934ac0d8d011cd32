import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { attributeOf } from "../model/xml-attribute.ts";

/** The set that a `resource_set` element stands for; null when its `id-ref` leads nowhere. Source: part 2, 3.5. */
function resolveSet(cluster: Cluster, set: XmlElement): XmlElement | null {
  const reference = attributeOf(set, "id-ref");
  return reference === null ? set : cluster.lookup.element("resource_set", reference);
}

/**
 * The next set after a resolved one. After an `id-ref` that is the sibling of the referenced set, not of the reference:
 * the reference implementation does so, and results depend on it. Source: part 2, 3.5.
 */
function nextSet(resolved: XmlElement): XmlElement | null {
  const siblings = resolved.parent?.children ?? [];
  for (let index = siblings.indexOf(resolved) + 1; index < siblings.length; index++) {
    const sibling = siblings[index];
    if (sibling?.kind === "element" && sibling.name === "resource_set") return sibling;
  }
  return null;
}

/**
 * The sets of a constraint in the order in which they are read. A reference back to an earlier set would go on for ever:
 * each set is read at most once.
 */
export function* setsOf(cluster: Cluster, constraint: XmlElement): Generator<XmlElement> {
  const seen = new Set<XmlElement>();
  let element = constraint.first("resource_set");
  while (element !== null) {
    const set = resolveSet(cluster, element);
    if (set === null || seen.has(set)) return;
    seen.add(set);
    yield set;
    element = nextSet(set);
  }
}

/** The ids that a set names, in order. */
export function membersOf(set: XmlElement): string[] {
  return set.all("resource_ref").map((reference) => reference.id ?? "");
}

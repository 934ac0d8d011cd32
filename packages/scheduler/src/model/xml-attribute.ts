import type { XmlElement } from "@quorate/xml";

/** The value of an XML attribute; null when it is absent or empty, which is the same (part 1, 2.9). */
export function attributeOf(element: XmlElement, name: string): string | null {
  const value = element.get(name);
  return value === null || value === "" ? null : value;
}

/**
 * Of each name the only element anywhere below; null if there is none, or more than one. One walk for all names: a large
 * document has 80,000 elements. Source: part 1, 1.4.
 */
export function onlyDescendants<Name extends string>(
  root: XmlElement,
  names: readonly Name[],
): Record<Name, XmlElement | null> {
  const found = Object.fromEntries(names.map((name) => [name, null])) as Record<Name, XmlElement | null>;
  const wanted: ReadonlySet<string> = new Set(names);
  const repeated = new Set<Name>();
  for (const element of root.descendants()) {
    if (!wanted.has(element.name)) continue;
    const name = element.name as Name;
    if (found[name] !== null) repeated.add(name);
    found[name] = element;
  }
  for (const name of repeated) found[name] = null;
  return found;
}

/** Follows a path of element names from the root; null if a step has no element, or more than one. */
export function onlyAtPath(root: XmlElement, path: readonly string[]): XmlElement | null {
  let current: XmlElement = root;
  for (const name of path) {
    const candidates = current.all(name);
    if (candidates.length !== 1 || candidates[0] === undefined) return null;
    current = candidates[0];
  }
  return current;
}

/** ASCII-insensitive equality of a value that may be absent. */
export function isText(value: string | null | undefined, expected: string): boolean {
  return value !== null && value !== undefined && value.toLowerCase() === expected.toLowerCase();
}

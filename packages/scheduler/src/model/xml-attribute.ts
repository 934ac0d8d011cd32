import type { XmlElement } from "@quorate/xml";

/** The value of an XML attribute; null when it is absent or empty, which is the same (part 1, 2.9). */
export function attributeOf(element: XmlElement, name: string): string | null {
  const value = element.get(name);
  return value === null || value === "" ? null : value;
}

/** The only element of that name anywhere below; null if there is none, or more than one. Source: part 1, 1.4. */
export function onlyDescendant(root: XmlElement, name: string): XmlElement | null {
  let found: XmlElement | null = null;
  for (const element of root.descendants(name)) {
    if (found !== null) return null;
    found = element;
  }
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

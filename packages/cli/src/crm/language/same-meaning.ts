import type { XmlElement } from "@quorate/xml";

/** Attributes that say what is so without them. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  rule: { "boolean-op": "and" },
  resource_set: { sequential: "true", "require-all": "true" },
};

/** Elements whose id is the thing itself, or that others are found by. */
const MEANINGFUL_IDS: ReadonlySet<string> = new Set([
  "resource_ref",
  "obj_ref",
  "role",
  "port-mapping",
  "storage-mapping",
  "operations",
]);

/**
 * Takes out what the crm language leaves out: attributes with their default value, and comments.
 * Changes the element in place.
 */
export function dropDefaults(element: XmlElement): void {
  for (const part of [element, ...element.descendants()]) {
    if (isPlainComparison(part)) part.attributes.delete("type");
    const defaults = DEFAULTS[part.name];
    if (defaults === undefined) continue;
    for (const [name, value] of Object.entries(defaults)) {
      if (part.get(name) === value) part.attributes.delete(name);
    }
  }
}

/** Equality compares texts unless told otherwise. */
function isPlainComparison(element: XmlElement): boolean {
  return (
    element.name === "expression" &&
    element.get("type") === "string" &&
    /^(eq|ne)$/.test(element.get("operation") ?? "")
  );
}

/** Whether two elements say the same; ids of their parts do not count, nor does the order of attributes. */
export function isSameMeaning(a: XmlElement, b: XmlElement): boolean {
  return isSame(a, b, true);
}

/** As `isSameMeaning`, for a part of an object: its own id does not count either. */
export function isSamePart(a: XmlElement, b: XmlElement): boolean {
  return isSame(a, b, false);
}

function isSame(a: XmlElement, b: XmlElement, isTop: boolean): boolean {
  if (a.name !== b.name) return false;
  const isIdCompared = isTop || MEANINGFUL_IDS.has(a.name);
  const left = meaningfulAttributes(a, isIdCompared);
  const right = meaningfulAttributes(b, isIdCompared);
  if (left.size !== right.size) return false;
  for (const [name, value] of left) if (right.get(name) !== value) return false;
  const leftChildren = partsOf(a);
  const rightChildren = partsOf(b);
  return (
    leftChildren.length === rightChildren.length &&
    leftChildren.every((child, index) => isSame(child, rightChildren[index]!, false))
  );
}

/** In a list of attributes it does not matter where a rule stands. */
function partsOf(element: XmlElement): XmlElement[] {
  const parts = element.elements();
  if (!LISTS.has(element.name)) return parts;
  return [...parts.filter(({ name }) => name === "rule"), ...parts.filter(({ name }) => name !== "rule")];
}

const LISTS: ReadonlySet<string> = new Set(["instance_attributes", "meta_attributes", "utilization"]);

function meaningfulAttributes(element: XmlElement, isIdCompared: boolean): Map<string, string> {
  const kept = new Map(element.attributes);
  if (!isIdCompared) kept.delete("id");
  return kept;
}

import type { XmlElement } from "@quorate/xml";

/** Elements that hold `nvpair`s. */
export const BLOCK_NAMES: ReadonlySet<string> = new Set([
  "cluster_property_set",
  "instance_attributes",
  "meta_attributes",
  "utilization",
]);

/** The sections' children, or none when the section is missing. */
export function sectionOf(cib: XmlElement, name: string): XmlElement | null {
  return cib.first("configuration")?.first(name) ?? null;
}

/** The section, made at the end of the configuration when it is missing. */
export function ensureSectionOf(cib: XmlElement, name: string, make: () => XmlElement): XmlElement {
  const found = sectionOf(cib, name);
  if (found !== null) return found;
  const section = make();
  cib.first("configuration")?.append(section);
  return section;
}

/** All elements below, collected first, so that the tree may be changed while going through them. */
export function below(element: XmlElement | null, name?: string): readonly XmlElement[] {
  return element === null ? [] : [...element.descendants(name)];
}

/** Gives an element another name, in its place. */
export function rename(element: XmlElement, name: string): void {
  element.name = name;
}

/** Sets an attribute in the place of another one. */
export function renameAttribute(element: XmlElement, oldName: string, name: string): void {
  const entries = [...element.attributes];
  element.attributes.clear();
  for (const [each, value] of entries) element.attributes.set(each === oldName ? name : each, value);
}

export function indexIn(parent: XmlElement, child: XmlElement): number {
  return parent.children.indexOf(child);
}

/** Puts `replacement` where `element` is. */
export function replaceElement(element: XmlElement, replacement: XmlElement): void {
  const parent = element.parent;
  if (parent === null) return;
  const index = indexIn(parent, element);
  element.remove();
  parent.insert(replacement, index);
}

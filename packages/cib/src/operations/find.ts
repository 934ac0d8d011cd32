import { selectXPath, XmlElement } from "@quorate/xml";
import { sectionPath } from "../document/sections.ts";
import type { Draft } from "../draft.ts";
import { failed, type StepOutcome } from "./step.ts";

export type Found<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly outcome: StepOutcome };

/**
 * Elements that occur only as children of their section, so that looking for one need not go through
 * everything below its siblings: a status section may hold a hundred thousand elements.
 */
const SECTION_CHILDREN: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["status", new Set(["node_state"])],
  ["nodes", new Set(["node"])],
]);

/** Name and id are equal; both without id counts as equal. */
function isNamesake(element: XmlElement, searched: XmlElement): boolean {
  return element.name === searched.name && element.id === searched.id;
}

/** The first namesake of `searched` in document order, beginning with `top` itself. */
export function findNamesake(top: XmlElement, searched: XmlElement): XmlElement | null {
  if (isNamesake(top, searched)) return top;
  const direct = SECTION_CHILDREN.get(top.name);
  if (direct?.has(searched.name)) return top.elements().find((child) => isNamesake(child, searched)) ?? null;
  for (const element of top.descendants(searched.name)) {
    if (element.id === searched.id) return element;
  }
  return null;
}

/** The elements that the XPath selects: all with `isMultiple`, else the first. Attributes and text count as their element. */
export function elementsAt(
  root: XmlElement,
  xpath: string,
  isMultiple: boolean,
): Found<readonly XmlElement[]> {
  const result = selectXPath(root, xpath);
  if (!result.ok) return { ok: false, outcome: failed("invalidArgument", result.error) };
  const elements: XmlElement[] = [];
  for (const node of result.nodes) {
    const element = node.kind === "element" ? node : node.kind === "attribute" ? node.element : node.parent;
    if (element !== null && !elements.includes(element)) elements.push(element);
    if (!isMultiple && elements.length > 0) break;
  }
  if (elements.length === 0) return { ok: false, outcome: failed("notFound", `nothing matches ${xpath}`) };
  return { ok: true, value: elements };
}

/** The element of a section, made empty if the document lacks it. */
export function ensureSection(draft: Draft, section: string | null): Found<XmlElement> {
  const path = sectionPath(section);
  if (path === null) return { ok: false, outcome: unknownSection(section) };
  let element = draft.root;
  for (const name of path.slice(1)) {
    let next = element.first(name);
    if (next === null) {
      next = new XmlElement(name);
      draft.append(element, next);
    }
    element = next;
  }
  return { ok: true, value: element };
}

export function unknownSection(section: string | null): StepOutcome {
  return failed("invalidArgument", `the CIB has no section "${section}"`);
}

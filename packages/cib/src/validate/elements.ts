import type { XmlElement } from "@quorate/xml";
import { compareDotted } from "../document/versions.ts";
import { pathOf } from "../patchset/paths.ts";
import { childIn, ELEMENT_NEEDS } from "./element-needs.ts";
import { ELEMENT_RULES, type ElementRule } from "./element-rules.ts";
import { nearestName } from "./nearest-name.ts";
import type { CibProblem } from "./problem.ts";

/** Before this schema several elements looked different, so only ids and words are checked there. */
export const ALL_SINCE = "3.0";

/** The mistakes in the elements of a configuration that the table of rules knows, in document order. */
export function checkElements(
  configuration: XmlElement,
  schemaVersion: string,
  problems: CibProblem[],
): void {
  for (const element of configuration.descendants()) checkElement(element, schemaVersion, problems);
}

/** The mistakes in this one element, and in the names of its children. */
export function checkElement(element: XmlElement, schemaVersion: string, problems: CibProblem[]): void {
  const rule = ELEMENT_RULES.get(element.name);
  if (rule === undefined) return;
  const hasId = element.attributes.has("id");
  if (
    !hasId &&
    (rule.id === "required" || (rule.id === "orReference" && !element.attributes.has("id-ref")))
  ) {
    problems.push({ code: "missingId", ...placeOf(element), name: element.name });
  }
  checkWords(element, rule, problems);
  if (compareDotted(schemaVersion, ALL_SINCE) < 0) return;
  checkAttributes(element, rule, problems);
  checkNeeds(element, problems);
  checkChildNames(element, rule.children, problems);
}

function checkWords(element: XmlElement, rule: ElementRule, problems: CibProblem[]): void {
  for (const [attribute, words] of rule.words) {
    const value = element.attributes.get(attribute);
    if (value === undefined || words.includes(value)) continue;
    problems.push({
      code: "wrongWord",
      ...placeOf(element),
      name: element.name,
      attribute,
      value,
      words,
      suggestion: nearestName(value, words),
    });
  }
}

function checkAttributes(element: XmlElement, rule: ElementRule, problems: CibProblem[]): void {
  for (const attribute of element.attributes.keys()) {
    // A declaration of a namespace is no attribute.
    if (rule.attributes.includes(attribute) || attribute.startsWith("xmlns")) continue;
    if (attribute === "id" || (attribute === "id-ref" && rule.id === "orReference")) continue;
    const allowed = [...idAttributes(rule), ...rule.attributes];
    problems.push({
      code: "unknownAttribute",
      ...placeOf(element),
      name: element.name,
      attribute,
      allowed,
      suggestion: nearestName(attribute, allowed),
    });
  }
  for (const attribute of rule.required) {
    if (!element.attributes.has(attribute))
      problems.push({ code: "missingAttribute", ...placeOf(element), name: element.name, attribute });
  }
}

function checkNeeds(element: XmlElement, problems: CibProblem[]): void {
  const isThere = (need: string): boolean => {
    const child = childIn(need);
    return child === null ? element.attributes.has(need) : element.first(child) !== null;
  };
  for (const ways of ELEMENT_NEEDS.get(element.name) ?? []) {
    if (ways.some((way) => way.every(isThere))) continue;
    problems.push({ code: "missingOneOf", ...placeOf(element), name: element.name, ways });
  }
}

/** Whether a change of its attributes may take from an element what its children do not make up for. */
export function needsChildren(elementName: string): boolean {
  return (
    ELEMENT_NEEDS.get(elementName)
      ?.flat(2)
      .some((need) => childIn(need) !== null) ?? false
  );
}

function idAttributes({ id }: ElementRule): readonly string[] {
  return id === "orReference" ? ["id", "id-ref"] : ["id"];
}

function checkChildNames(parent: XmlElement, allowed: readonly string[], problems: CibProblem[]): void {
  for (const child of parent.children) {
    if (child.kind !== "element" || allowed.includes(child.name)) continue;
    const suggestion = nearestName(child.name, allowed);
    problems.push({
      code: "unknownElement",
      ...placeOf(child),
      name: child.name,
      parent: parent.name,
      suggestion,
    });
  }
}

function placeOf(element: XmlElement): { readonly path: string; readonly line: number } {
  return { path: pathOf(element), line: element.line };
}

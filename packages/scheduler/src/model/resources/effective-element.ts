import { XmlElement } from "@quorate/xml";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf } from "../xml-attribute.ts";

/** A resource element with its template merged in, shared by all instances of a clone. */
export interface EffectiveElement {
  readonly element: XmlElement;
  /** The `op` elements, those of the template behind. */
  readonly operations: readonly XmlElement[];
  readonly template: string | null;
}

/**
 * The element that a resource is really made of; null if it names a template that does not exist. From the
 * primitive come only its id and its children: class, provider, type and description are the template's.
 * Source: part 1, 6.2.
 */
export function effectiveElement(unpacking: Unpacking, element: XmlElement): EffectiveElement | null {
  const known = unpacking.effective.get(element);
  if (known !== undefined) return known;
  const made = makeEffective(unpacking, element);
  unpacking.effective.set(element, made);
  return made;
}

function makeEffective(unpacking: Unpacking, element: XmlElement): EffectiveElement | null {
  const templateId = attributeOf(element, "template");
  if (templateId === null) {
    return { element, operations: operationsOf(unpacking, element), template: null };
  }
  const template = findTemplate(unpacking, templateId);
  const id = attributeOf(element, "id");
  if (template === null || id === null || id === templateId) {
    unpacking.cluster.diagnostics.push({
      severity: "error",
      code: "template-unknown",
      message: `cib.xml:${element.line}: "${id ?? ""}" uses template "${templateId}", which is not a template of the resources section; the resource is ignored. Correct the name or add the template.`,
      elementId: id,
      line: element.line,
    });
    return null;
  }
  const merged = new XmlElement(element.name, template.attributes, element.line);
  merged.set("id", id);
  for (const child of template.elements()) merged.append(child.clone());
  for (const child of element.elements()) merged.append(child.clone());
  return {
    element: merged,
    operations: mergeOperations(operationsOf(unpacking, element), operationsOf(unpacking, template)),
    template: templateId,
  };
}

function findTemplate(unpacking: Unpacking, id: string): XmlElement | null {
  const found = unpacking.lookup.element("template", id);
  return found !== null && found.parent === unpacking.sections.resources ? found : null;
}

/** The `op` children of the first `operations` element, or of what it refers to. Source: part 1, 6.3. */
function operationsOf(unpacking: Unpacking, element: XmlElement): readonly XmlElement[] {
  const operations = element.first("operations");
  if (operations === null) return [];
  const reference = attributeOf(operations, "id-ref");
  const source = reference === null ? operations : unpacking.lookup.element("operations", reference);
  return source === null ? [] : source.all("op");
}

/**
 * The primitive's operations, then those of the template of which it has none with the same name and role. The
 * interval is no part of the key: one monitor hides all non-promoted monitors of the template.
 */
function mergeOperations(
  own: readonly XmlElement[],
  inherited: readonly XmlElement[],
): readonly XmlElement[] {
  if (own.length === 0) return inherited;
  const keys = new Set<string>();
  for (const operation of own) keys.add(operationKey(operation));
  return [...own, ...inherited.filter((operation) => !keys.has(operationKey(operation)))];
}

function operationKey(operation: XmlElement): string {
  const role = attributeOf(operation, "role");
  const isOrdinary = role === null || /^(?:started|unpromoted|slave)$/i.test(role);
  return `${attributeOf(operation, "name") ?? ""} ${isOrdinary ? "" : role}`;
}

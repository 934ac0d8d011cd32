import { XmlElement } from "@quorate/xml";
import { isKnownSchema, knownSchemas } from "../document/schemas.ts";
import { CONFIGURATION_SECTIONS, REQUIRED_SECTIONS } from "../document/sections.ts";
import { compareDotted } from "../document/versions.ts";
import type { PatchChange } from "../patchset/patchset.ts";
import { pathOf } from "../patchset/paths.ts";
import { REFERENCES } from "./element-needs.ts";
import { ALL_SINCE, checkElement, checkElements, needsChildren } from "./elements.ts";
import { hasFreeId, isIdName } from "./id-name.ts";
import { nearestName } from "./nearest-name.ts";
import type { CibProblem } from "./problem.ts";

/**
 * In these elements `id` is not a name of the element's own: it refers to something else, or names something
 * outside the document that may be called like a resource (a remote node has the id of its resource).
 */
const FOREIGN_IDS: ReadonlySet<string> = new Set([
  "obj_ref",
  "resource_ref",
  "role",
  "node",
  "acl_target",
  "acl_group",
]);

/** Sections that older schemas do not have, with the first schema that has them. */
const SECTION_SINCE: ReadonlyMap<string, string> = new Map([
  ["tags", "pacemaker-1.3"],
  ["alerts", "pacemaker-2.5"],
]);

/**
 * The mistakes in a document: root, sections, schema name, ids, and what the table of element rules knows. All of
 * them; none means that the document may be worked with, not that it conforms to its schema in everything. With `validate-with="none"` only the root is looked at.
 */
export function checkStructure(cib: XmlElement): readonly CibProblem[] {
  if (cib.name !== "cib") return [{ code: "wrongRoot", ...placeOf(cib), name: cib.name }];
  const schema = cib.get("validate-with");
  if (schema === "none") return [];
  const problems: CibProblem[] = [];
  if (schema === null || !isKnownSchema(schema)) {
    const suggestion = schema === null ? null : nearestName(schema, knownSchemas());
    problems.push({ code: "unknownSchema", ...placeOf(cib), schema, suggestion });
  }
  checkChildren(cib, ["configuration", "status"], ["configuration"], problems);
  const configuration = cib.first("configuration");
  if (configuration !== null) {
    checkChildren(configuration, CONFIGURATION_SECTIONS, REQUIRED_SECTIONS, problems);
    if (schema !== null) checkSectionAge(configuration, schema, problems);
    const ids = checkIds(configuration, problems);
    if (schema !== null && compareDotted(schemaVersion(schema), ALL_SINCE) >= 0)
      checkReferences(configuration, ids, problems);
    checkElements(configuration, schema === null ? "0" : schemaVersion(schema), problems);
  }
  return problems;
}

const RESOURCES: ReadonlySet<string> = new Set([
  "primitive",
  "group",
  "clone",
  "master",
  "bundle",
  "template",
]);

/** Attributes that count for more than the element that has them. */
const FAR_REACHING: ReadonlySet<string> = new Set([
  "id",
  "id-ref",
  "validate-with",
  ...[...REFERENCES.values()].flat(),
]);

/**
 * The same for a document that had no mistakes before these changes were made, which are all that differ. Where values became others, as in
 * most, only their elements are looked at: of hundreds of options one changes, and all nodes judge each change.
 */
export function checkStructureAfter(cib: XmlElement, changes: readonly PatchChange[]): readonly CibProblem[] {
  const problems: CibProblem[] = [];
  const version = schemaVersion(cib.get("validate-with") ?? "");
  for (const change of changes) {
    if (change.operation !== "modify" || change.attributes.some(({ name }) => FAR_REACHING.has(name)))
      return checkStructure(cib);
    // Without its children, which are what they were.
    const { name, attributes } = change.result;
    if (needsChildren(name)) return checkStructure(cib);
    if (change.path.startsWith("/cib/configuration"))
      checkElement(new XmlElement(name, attributes), version, problems);
  }
  // All of them, in their order.
  return problems.length === 0 ? problems : checkStructure(cib);
}

function checkChildren(
  parent: XmlElement,
  allowed: readonly string[],
  required: readonly string[],
  problems: CibProblem[],
): void {
  const seen = new Set<string>();
  for (const child of parent.elements()) {
    if (!allowed.includes(child.name)) {
      const suggestion = nearestName(child.name, allowed);
      problems.push({
        code: "unknownElement",
        ...placeOf(child),
        name: child.name,
        parent: parent.name,
        suggestion,
      });
    } else if (seen.has(child.name)) {
      problems.push({ code: "repeatedElement", ...placeOf(child), name: child.name, parent: parent.name });
    }
    seen.add(child.name);
  }
  for (const name of required) {
    if (!seen.has(name))
      problems.push({ code: "missingElement", ...placeOf(parent), name, parent: parent.name });
  }
}

function checkSectionAge(configuration: XmlElement, schema: string, problems: CibProblem[]): void {
  for (const section of configuration.elements()) {
    const since = SECTION_SINCE.get(section.name);
    if (since === undefined || compareDotted(schemaVersion(schema), schemaVersion(since)) >= 0) continue;
    problems.push({ code: "sectionTooNew", ...placeOf(section), name: section.name, schema, since });
  }
}

function schemaVersion(schema: string): string {
  return schema.replace("pacemaker-", "");
}

/** Returns all ids. */
function checkIds(configuration: XmlElement, problems: CibProblem[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated: XmlElement[] = [];
  for (const element of configuration.descendants()) {
    const id = element.attributes.get("id");
    if (id === undefined) continue;
    const isForeign = FOREIGN_IDS.has(element.name);
    if (id === "") {
      if (!isForeign) problems.push({ code: "emptyId", ...placeOf(element), name: element.name });
      continue;
    }
    if (!isIdName(id) && !hasFreeId(element.name))
      problems.push({ code: "malformedId", ...placeOf(element), name: element.name, id });
    if (isForeign) continue;
    const countBefore = seen.size;
    if (seen.add(id).size === countBefore) repeated.push(element);
  }
  if (repeated.length > 0) tellRepeatedIds(configuration, repeated, problems);
  return seen;
}

function checkReferences(configuration: XmlElement, ids: ReadonlySet<string>, problems: CibProblem[]): void {
  for (const element of configuration.descendants()) {
    for (const attribute of REFERENCES.get(element.name) ?? []) {
      const value = element.attributes.get(attribute);
      if (value === undefined || ids.has(value)) continue;
      problems.push({
        code: "unknownReference",
        ...placeOf(element),
        name: element.name,
        attribute,
        value,
        suggestion: nearestName(value, resourceIds(configuration)),
      });
    }
  }
}

/** Whose ids they are is looked up only then: a map of a hundred thousand owners takes longer than all other checks. */
function tellRepeatedIds(
  configuration: XmlElement,
  repeated: readonly XmlElement[],
  problems: CibProblem[],
): void {
  const owners = new Map<string, XmlElement | null>();
  for (const { id } of repeated) if (id !== null) owners.set(id, null);
  for (const element of configuration.descendants())
    if (!FOREIGN_IDS.has(element.name) && element.id !== null && owners.get(element.id) === null)
      owners.set(element.id, element);
  for (const element of repeated) {
    const owner = owners.get(element.id ?? "") ?? element;
    problems.push({ code: "duplicateId", ...placeOf(element), id: element.id ?? "", other: placeOf(owner) });
  }
}

/** Of all resources, and templates. */
function resourceIds(configuration: XmlElement): readonly string[] {
  const resources = [...(configuration.first("resources")?.descendants() ?? [])];
  return resources.flatMap(({ name, id }) => (RESOURCES.has(name) && id !== null ? [id] : []));
}

function placeOf(element: XmlElement): { readonly path: string; readonly line: number } {
  return { path: pathOf(element), line: element.line };
}

import type { XmlElement } from "@quorate/xml";
import {
  CONTAINER_WORDS,
  FENCING_TOPOLOGY_ID,
  OBJECT_TYPES,
  type ObjectType,
} from "../language/object-types.ts";

/** Something that `crm configure` names: an element of the CIB with its type. */
export interface ConfigurationObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly element: XmlElement;
}

/** The id by which an element is known in the crm language. */
export function objectId(type: ObjectType, element: XmlElement): string {
  if (type.word === "fencing_topology") return FENCING_TOPOLOGY_ID;
  return (type.word === "node" ? (element.get("uname") ?? element.id) : element.id) ?? "";
}

/** All objects of a `configuration` element in document order; what is inside a group, clone or bundle follows it. */
export function objectsOf(configuration: XmlElement): ConfigurationObject[] {
  const objects: ConfigurationObject[] = [];
  for (const section of configuration.elements()) {
    if (section.name === "fencing-topology") addObject(objects, section, section.name);
    else for (const element of section.elements()) addObject(objects, element, section.name);
  }
  return objects;
}

function addObject(objects: ConfigurationObject[], element: XmlElement, section: string): void {
  const type = OBJECT_TYPES.find((entry) => entry.element === element.name && entry.section === section);
  if (type === undefined) return;
  objects.push({ type, id: objectId(type, element), element });
  if (!CONTAINER_WORDS.has(type.word)) return;
  for (const child of element.elements()) {
    if (child.name === "primitive" || child.name === "group") addObject(objects, child, section);
  }
}

/** In the order in which `show` prints them. */
export function sortedForShow(objects: readonly ConfigurationObject[]): ConfigurationObject[] {
  return [...objects].sort((a, b) => a.type.rank - b.type.rank || compareText(sortId(a), sortId(b)));
}

function sortId({ type, id, element }: ConfigurationObject): string {
  return type.word === "node" ? (element.id ?? id) : id;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `TYPE:ID`, as messages name an object. */
export function nameOf({ type, id }: ConfigurationObject): string {
  return `${type.word}:${id}`;
}

/** The resources that stand directly in a group, clone or bundle. */
export function resourcesIn(container: XmlElement): XmlElement[] {
  return container.elements().filter(({ name }) => name === "primitive" || name === "group");
}

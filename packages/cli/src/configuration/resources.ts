import type { XmlElement } from "@quorate/xml";
import { sectionElements } from "./sections.ts";

const RESOURCE_NAMES: ReadonlySet<string> = new Set(["primitive", "group", "clone", "master", "bundle"]);

function isResource(element: XmlElement): boolean {
  return RESOURCE_NAMES.has(element.name);
}

/** `master` is an old word for a promotable clone. */
export function isClone(element: XmlElement): boolean {
  return element.name === "clone" || element.name === "master";
}

export function isStonith(element: XmlElement): boolean {
  return element.name === "primitive" && element.get("class") === "stonith";
}

/** All resources, each before what it contains, in the order of the document. */
export function allResources(cib: XmlElement): XmlElement[] {
  return sectionElements(cib, "resources").flatMap((top) =>
    isResource(top) ? [top, ...[...top.descendants()].filter(isResource)] : [],
  );
}

export function findResource(cib: XmlElement, id: string): XmlElement | null {
  return allResources(cib).find((resource) => resource.id === id) ?? null;
}

export function allPrimitives(cib: XmlElement): XmlElement[] {
  return allResources(cib).filter(({ name }) => name === "primitive");
}

export function findPrimitive(cib: XmlElement, id: string): XmlElement | null {
  return allPrimitives(cib).find((primitive) => primitive.id === id) ?? null;
}

/** The resources directly in a group, clone or bundle. */
export function innerResources(resource: XmlElement): XmlElement[] {
  return resource.elements().filter(isResource);
}

/** The primitives in a resource, itself when it is one. */
export function primitivesIn(resource: XmlElement): XmlElement[] {
  return resource.name === "primitive" ? [resource] : [...resource.descendants("primitive")];
}

/** The group, clone or bundle around a resource; null at the top. */
export function outerResource(resource: XmlElement): XmlElement | null {
  return resource.parent !== null && isResource(resource.parent) ? resource.parent : null;
}

/** The clone or bundle around a resource, through a group; null when there is none. */
export function outerCollective(resource: XmlElement): XmlElement | null {
  for (let outer = outerResource(resource); outer !== null; outer = outerResource(outer)) {
    if (isClone(outer) || outer.name === "bundle") return outer;
  }
  return null;
}

/** `ocf:heartbeat:IPaddr2`. */
export function agentText(primitive: XmlElement): string {
  return ["class", "provider", "type"]
    .map((attribute) => primitive.get(attribute))
    .filter((part) => part !== null)
    .join(":");
}

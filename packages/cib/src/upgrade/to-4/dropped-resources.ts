import type { XmlElement } from "@quorate/xml";
import { below, sectionOf } from "../elements.ts";

const DROPPED_CLASSES: ReadonlySet<string> = new Set(["nagios", "upstart"]);

/** Attributes with which a constraint names a resource that it cannot do without. */
const RESOURCE_ATTRIBUTES = ["rsc", "with-rsc", "first", "then"];

/**
 * Drops resources of classes and containers that are no longer managed, collections that so become empty, and the constraints
 * that lose their subject. A bundle of another container stays, so that its container stays managed.
 * Returns the elements that went away.
 */
export function dropResources(cib: XmlElement): readonly XmlElement[] {
  const resources = sectionOf(cib, "resources");
  const gone: XmlElement[] = [];
  const drop = (element: XmlElement): void => {
    gone.push(element);
    element.remove();
  };
  const templates = new Set<string>();
  for (const element of below(resources)) {
    const isOld =
      (element.name === "primitive" || element.name === "template") &&
      (DROPPED_CLASSES.has(element.get("class") ?? "") || templates.has(element.get("template") ?? "\0"));
    const isRkt = element.name === "bundle" && element.first("rkt") !== null;
    if (isOld && element.name === "template" && element.id !== null) templates.add(element.id);
    if (isOld || isRkt) drop(element);
  }
  // Templates may come after the primitives that use them.
  for (const element of below(resources, "primitive")) {
    if (templates.has(element.get("template") ?? "\0")) drop(element);
  }
  for (const group of below(resources, "group")) if (group.first("primitive") === null) drop(group);
  for (const clone of [...below(resources, "clone"), ...below(resources, "master")]) {
    if (clone.first("primitive") === null && clone.first("group") === null) drop(clone);
  }
  if (gone.length > 0) dropFromConstraints(sectionOf(cib, "constraints"), gone, drop);
  return gone;
}

function dropFromConstraints(
  constraints: XmlElement | null,
  gone: readonly XmlElement[],
  drop: (element: XmlElement) => void,
): void {
  const ids = new Set<string>();
  for (const element of gone) {
    for (const each of [element, ...below(element)])
      if (isResource(each) && each.id !== null) ids.add(each.id);
  }
  const droppedSets = new Set<string>();
  for (const constraint of constraints?.elements() ?? []) {
    if (RESOURCE_ATTRIBUTES.some((name) => ids.has(constraint.get(name) ?? "\0"))) {
      drop(constraint);
      continue;
    }
    const sets = constraint.all("resource_set");
    let keptCount = 0;
    for (const set of sets) {
      const references = set.all("resource_ref");
      const lost = references.filter((reference) => ids.has(reference.id ?? "\0"));
      const isLost =
        (references.length > 0 && lost.length === references.length) ||
        droppedSets.has(set.get("id-ref") ?? "\0");
      if (!isLost) {
        keptCount++;
        for (const reference of lost) reference.remove();
        continue;
      }
      if (set.id !== null) droppedSets.add(set.id);
      drop(set);
    }
    if (sets.length > 0 && keptCount === 0) drop(constraint);
  }
}

function isResource(element: XmlElement): boolean {
  return ["primitive", "template", "group", "clone", "master", "bundle"].includes(element.name);
}

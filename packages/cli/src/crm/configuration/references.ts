import type { XmlElement } from "@quorate/xml";
import { CONSTRAINT_WORDS } from "../language/object-types.ts";
import type { ConfigurationObject } from "./document.ts";

/** Attributes of constraints that name a resource, with what goes with each. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["rsc", "rsc-role"],
  ["with-rsc", "with-rsc-role"],
  ["first", "first-action"],
  ["then", "then-action"],
]);

/** What became of a constraint when a resource went away or changed its name. */
export type ConstraintChange =
  | { readonly kind: "hanging"; readonly constraint: ConfigurationObject }
  | { readonly kind: "updated"; readonly constraint: ConfigurationObject }
  | { readonly kind: "modified"; readonly constraint: ConfigurationObject };

/** Whether the constraint is about this resource. */
export function refersTo(constraint: XmlElement, resource: string): boolean {
  return (
    [...ENDS.keys()].some((end) => constraint.get(end) === resource) ||
    inSets(constraint, resource).length > 0
  );
}

/** Puts another resource in the place of one. */
export function replaceReference(
  constraint: ConfigurationObject,
  from: string,
  to: string,
): ConstraintChange | null {
  const { element } = constraint;
  if (!refersTo(element, from)) return null;
  for (const end of [...ENDS.keys()]) if (element.get(end) === from) element.set(end, to);
  for (const reference of inSets(element, from)) reference.set("id", to);
  return { kind: "modified", constraint };
}

/**
 * Takes a resource out of a constraint. One that names it at an end is left without meaning (`hanging`; the caller removes it), as is one
 * of sets that keeps a single resource. Sets that shrink to what needs no sets become plain.
 */
export function dropReference(constraint: ConfigurationObject, resource: string): ConstraintChange | null {
  const { element } = constraint;
  if ([...ENDS.keys()].some((end) => element.get(end) === resource)) return { kind: "hanging", constraint };
  const references = inSets(element, resource);
  if (references.length === 0) return null;
  for (const reference of references) {
    const set = reference.parent!;
    reference.remove();
    const left = set.all("resource_ref").length;
    if (left === 0) set.remove();
    else if (left === 1) set.attributes.delete("sequential");
  }
  const memberCount = [...element.descendants("resource_ref")].length;
  const needed = constraint.type.word === "colocation" || constraint.type.word === "order" ? 2 : 1;
  if (memberCount < needed) return { kind: "hanging", constraint };
  makePlain(constraint);
  return { kind: "updated", constraint };
}

function inSets(constraint: XmlElement, resource: string): XmlElement[] {
  return [...constraint.descendants("resource_ref")].filter((reference) => reference.id === resource);
}

/** Writes sets of two resources as the two ends of a colocation or order. */
function makePlain({ type, element }: ConfigurationObject): void {
  const isColocation = type.word === "colocation";
  if (!isColocation && type.word !== "order") return;
  const suffix = isColocation ? "role" : "action";
  const sets = element.all("resource_set");
  const plain: ReadonlySet<string> = new Set(["id", "sequential", suffix]);
  const hasOptions = sets.some((set) => [...set.attributes.keys()].some((name) => !plain.has(name)));
  const members = sets.flatMap((set) =>
    set.all("resource_ref").map((reference) => ({ id: reference.id!, suffix: set.get(suffix) })),
  );
  if (hasOptions || members.length !== 2) return;
  // Within one sequential set the second is colocated with the first; across sets the first with the second.
  const inOrder = isColocation && sets.length === 1 ? [...members].reverse() : members;
  for (const set of sets) set.remove();
  for (const [index, end] of (isColocation ? ["rsc", "with-rsc"] : ["first", "then"]).entries()) {
    const member = inOrder[index]!;
    element.set(end, member.id);
    if (member.suffix !== null) element.set(ENDS.get(end)!, member.suffix);
  }
}

export function isConstraint({ type }: ConfigurationObject): boolean {
  return CONSTRAINT_WORDS.has(type.word);
}

/** The resources that a constraint names, patterns aside. */
export function resourcesNamed(constraint: XmlElement): string[] {
  const ends = [...ENDS.keys()].map((end) => constraint.get(end)).filter((id) => id !== null);
  return [...ends, ...[...constraint.descendants("resource_ref")].map((reference) => reference.id!)];
}

/** A list may name the resource whose list of this kind it is, in place of that list's own id. Lists that nothing can be said of stay as they are. */
export function resolveListReferences(object: XmlElement, find: (id: string) => XmlElement | null): void {
  for (const list of object.elements()) {
    const reference = list.get("id-ref");
    const meant = reference === null ? null : (find(reference)?.first(list.name)?.id ?? null);
    if (meant !== null) list.set("id-ref", meant);
  }
}

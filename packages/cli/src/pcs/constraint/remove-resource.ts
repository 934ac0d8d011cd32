import type { XmlElement } from "@quorate/xml";
import { sectionElements } from "../../configuration/sections.ts";

const REFERRING = ["rsc", "with-rsc", "first", "then"] as const;

/** What happened, in the order in which it did; for people. */
export type Removal = string;

/**
 * Takes a resource out of the resource sets below an element (the CIB or one constraint). A set that became empty goes, and a constraint
 * without sets with it.
 */
export function removeReferences(scope: XmlElement, id: string): Removal[] {
  const removals: Removal[] = [];
  for (const reference of [...scope.descendants("resource_ref")]) {
    if (reference.id !== id) continue;
    const set = reference.parent!;
    const constraint = set.parent!;
    removals.push(`Removing ${id} from set ${set.id}`);
    reference.remove();
    if (set.first("resource_ref") !== null) continue;
    removals.push(`Removing set ${set.id}`);
    set.remove();
    if (constraint.first("resource_set") !== null) continue;
    removals.push(`Removing constraint ${constraint.id}`);
    constraint.remove();
  }
  return removals;
}

/** Constraints that name a resource outside sets. */
export function constraintsNaming(cib: XmlElement, id: string): XmlElement[] {
  return sectionElements(cib, "constraints").filter((constraint) =>
    REFERRING.some((attribute) => constraint.get(attribute) === id),
  );
}

/** Removes every constraint that names the resource, and takes it out of sets. */
export function removeConstraintsOf(cib: XmlElement, id: string): Removal[] {
  const constraints = constraintsNaming(cib, id).sort((left, right) =>
    (left.id ?? "") < (right.id ?? "") ? -1 : 1,
  );
  for (const constraint of constraints) constraint.remove();
  return [
    ...constraints.map((constraint) => `Removing Constraint - ${constraint.id}`),
    ...removeReferences(cib, id),
  ];
}

import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { attributeOf } from "../../model/xml-attribute.ts";
import { findConstraintResource } from "../constraint-resource.ts";
import { noteProblem } from "./problem.ts";

/** One of the places where a constraint names a resource, with the attributes that belong to it. */
interface Side {
  readonly attribute: string;
  /** Attribute of the constraint that moves to the set, and what it is called there. */
  readonly moved: readonly [from: string, to: string] | null;
}

const SIDES: Readonly<Record<string, readonly Side[]>> = {
  rsc_location: [{ attribute: "rsc", moved: ["role", "role"] }],
  rsc_ticket: [{ attribute: "rsc", moved: ["rsc-role", "role"] }],
  rsc_colocation: [
    { attribute: "rsc", moved: ["rsc-role", "role"] },
    { attribute: "with-rsc", moved: ["with-rsc-role", "role"] },
  ],
  rsc_order: [
    { attribute: "first", moved: ["first-action", "action"] },
    { attribute: "then", moved: ["then-action", "action"] },
  ],
};

/**
 * Replaces templates and tags in a constraint by what they stand for: in sets by their members, elsewhere by a set.
 * Returns the constraint itself when there is nothing to replace, and null when it must be ignored.
 * Source: scheduler specification, part 2, 3.4.
 */
export function expandReferences(cluster: Cluster, constraint: XmlElement): XmlElement | null {
  if (constraint.first("resource_set") !== null) return expandSets(cluster, constraint);
  const sides = SIDES[constraint.name] ?? [];
  const members: (readonly string[] | null)[] = [];
  let expandedCount = 0;
  for (const side of sides) {
    const id = attributeOf(constraint, side.attribute);
    const isPlain = id === null || findConstraintResource(cluster, id) !== null;
    const expansion = isPlain ? null : idsBehind(cluster, id);
    if (!isPlain && expansion === null) {
      noteProblem(
        cluster,
        constraint,
        "constraint-unknown-resource",
        `names "${id}", which is no resource, template or tag with members, and is ignored: correct the name or remove the constraint`,
      );
      return null;
    }
    members.push(expansion);
    if (expansion !== null) expandedCount++;
  }
  if (expandedCount === 0) return constraint;
  if (expandedCount > 1 && constraint.name === "rsc_colocation") {
    noteProblem(
      cluster,
      constraint,
      "constraint-invalid",
      "has a template or tag on both sides and is ignored: write resource sets instead",
    );
    return null;
  }
  const copy = constraint.clone();
  for (const [index, side] of sides.entries()) moveToSet(copy, side, members[index] ?? null);
  return copy;
}

/** The constraint as it is when some reference has no meaning: reading it then fails at that place. */
function expandSets(cluster: Cluster, constraint: XmlElement): XmlElement {
  const copy = constraint.clone();
  let isChanged = false;
  for (const set of copy.all("resource_set")) {
    for (const reference of set.all("resource_ref")) {
      const id = reference.id ?? "";
      if (findConstraintResource(cluster, id) !== null) continue;
      const ids = idsBehind(cluster, id);
      if (ids === null) return constraint;
      let index = set.children.indexOf(reference);
      reference.remove();
      for (const member of ids)
        set.insert(new XmlElement("resource_ref", [["id", member]], reference.line), index++);
      isChanged = true;
    }
  }
  return isChanged ? copy : constraint;
}

function idsBehind(cluster: Cluster, id: string): readonly string[] | null {
  const ids = cluster.templates.get(id) ?? cluster.tags.get(id) ?? null;
  return ids === null || ids.length === 0 ? null : ids;
}

function moveToSet(copy: XmlElement, side: Side, expansion: readonly string[] | null): void {
  const id = attributeOf(copy, side.attribute);
  if (id === null) return;
  const isTwoSided = copy.name === "rsc_colocation" || copy.name === "rsc_order";
  if (expansion === null && !isTwoSided) return;
  const set = new XmlElement("resource_set", [["id", id]], copy.line);
  if (expansion !== null) set.set("sequential", "false");
  for (const member of expansion ?? [id])
    set.append(new XmlElement("resource_ref", [["id", member]], copy.line));
  copy.attributes.delete(side.attribute);
  if (side.moved !== null) {
    const [from, to] = side.moved;
    const value = attributeOf(copy, from);
    if (value !== null) set.set(to, value);
    copy.attributes.delete(from);
  }
  copy.append(set);
}

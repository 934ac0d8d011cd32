import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { attributeOf, onlyAtPath } from "../../model/xml-attribute.ts";
import { readOrderConstraint } from "../../orderings/order-constraints.ts";
import { expandReferences } from "./expand-references.ts";
import { noteProblem } from "./problem.ts";
import { readColocation } from "./read-colocation.ts";
import { readLocation } from "./read-location.ts";
import { readTicket } from "./read-ticket.ts";

/** Reads all constraints in document order. Source: scheduler specification, part 2, 3 to 7. */
export function readConstraints(cluster: Cluster): void {
  const section = onlyAtPath(cluster.cib, ["configuration", "constraints"]);
  if (section === null) return;
  for (const constraint of section.elements()) readConstraint(cluster, constraint);
}

function readConstraint(cluster: Cluster, constraint: XmlElement): void {
  if (attributeOf(constraint, "id") === null) {
    noteProblem(cluster, constraint, "constraint-invalid", "has no id and is ignored: give it one");
    return;
  }
  const read = readerOf(constraint.name);
  if (read === null) {
    noteProblem(
      cluster,
      constraint,
      "constraint-unsupported",
      "is no known kind of constraint and is ignored",
    );
    return;
  }
  const expanded = expandReferences(cluster, constraint);
  if (expanded !== null) read(cluster, expanded);
}

function readerOf(name: string): ((cluster: Cluster, constraint: XmlElement) => void) | null {
  switch (name) {
    case "rsc_location":
      return readLocation;
    case "rsc_colocation":
      return readColocation;
    case "rsc_order":
      return readOrderConstraint;
    case "rsc_ticket":
      return readTicket;
    default:
      return null;
  }
}

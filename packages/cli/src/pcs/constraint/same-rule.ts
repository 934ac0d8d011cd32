import type { XmlElement } from "@quorate/xml";
import { constraintsOf } from "./constraint-text.ts";

/** What a rule is worth, where it applies; and what goes without saying. */
const NO_CONDITION: ReadonlySet<string> = new Set(["id", "role", "score", "score-attribute"]);

/** Location constraints of the same resource (or pattern) whose only rule asks for the same as that of this one. */
export function constraintsWithSameRule(cib: XmlElement, constraint: XmlElement): XmlElement[] {
  const own = conditionOf(constraint);
  return constraintsOf(cib, "rsc_location").filter(
    (other) =>
      other !== constraint &&
      ["rsc", "rsc-pattern"].every((name) => other.get(name) === constraint.get(name)) &&
      conditionOf(other) === own,
  );
}

/** The conditions of rules in one form, whatever their order. */
function conditionOf(element: XmlElement): string {
  const parts = element.elements().map((child) => {
    const isRule = child.name === "rule";
    // One condition is joined to nothing.
    const operator = child.elements().length > 1 ? (child.get("boolean-op") ?? "and") : "";
    const attributes = [...child.attributes].filter(
      ([name, value]) =>
        !NO_CONDITION.has(name) && name !== "boolean-op" && !(name === "type" && value === "string"),
    );
    const facts = attributes.map((pair) => pair.join("=")).sort();
    return JSON.stringify([child.name, isRule ? operator : facts, conditionOf(child)]);
  });
  return parts.sort().join();
}

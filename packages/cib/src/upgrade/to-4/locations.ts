import { XmlElement } from "@quorate/xml";
import { below, indexIn, replaceElement, sectionOf } from "../elements.ts";
import { PREFIX_4 } from "./prefix.ts";

/**
 * A location with several rules becomes one for each: what they share is defined in the first and referred to in the others.
 * Returns the ids that went away with those that stand for them.
 */
export function splitLocations(cib: XmlElement): ReadonlyMap<string, readonly string[]> {
  const replaced = new Map<string, readonly string[]>();
  for (const location of sectionOf(cib, "constraints")?.all("rsc_location") ?? []) {
    const rules = location.all("rule");
    if (rules.length < 2 || location.parent === null) continue;
    const ids = rules.map((_, index) => `${PREFIX_4}${location.id ?? ""}-${index + 1}`);
    if (location.id !== null) replaced.set(location.id, ids);
    const parent = location.parent;
    let at = indexIn(parent, location);
    location.remove();
    rules.forEach((rule, index) => {
      const part = new XmlElement("rsc_location", location.attributes);
      part.set("id", ids[index]!);
      for (const child of location.children) {
        if (child.kind === "text") continue;
        if (child.kind === "comment") {
          if (index === 0) part.append(child.clone());
        } else if (child === rule) part.append(child.clone());
        else if (child.name !== "rule") part.append(index === 0 ? child.clone() : referring(child));
      }
      parent.insert(part, at++);
    });
  }
  return replaced;
}

/** The element as a reference to itself; the rules in a `lifetime` each. */
function referring(element: XmlElement): XmlElement {
  if (element.name === "lifetime") {
    const copy = new XmlElement("lifetime", element.attributes);
    for (const rule of element.elements()) copy.append(referring(rule));
    return copy;
  }
  return element.id === null ? element.clone() : new XmlElement(element.name, [["id-ref", element.id]]);
}

/** The time for which a constraint holds becomes a part of its rule. */
export function upgradeLifetimes(cib: XmlElement): void {
  const constraints = sectionOf(cib, "constraints");
  const orphans: XmlElement[] = [];
  for (const lifetime of below(constraints, "lifetime")) {
    const constraint = lifetime.parent;
    if (constraint === null) continue;
    lifetime.remove();
    if (constraint.name === "rsc_location") mergeLifetime(constraint, lifetime.all("rule"));
    else orphans.push(...lifetime.all("rule").filter(({ id }) => id !== null));
  }
  keepReferredRules(cib, constraints, orphans);
}

function mergeLifetime(location: XmlElement, rules: readonly XmlElement[]): void {
  if (rules.length === 0) return;
  const prefix = `${PREFIX_4}${location.id ?? ""}`;
  const and = new XmlElement("rule", [
    ["id", `${prefix}-lifetime-and-rule`],
    ["boolean-op", "and"],
  ]);
  const own = location.first("rule");
  if (own === null) {
    and.append(ruleOfNode(location, prefix));
    location.append(and);
  } else {
    replaceElement(own, and);
    and.append(own);
  }
  if (rules.length === 1) {
    and.append(rules[0]!);
    return;
  }
  const or = new XmlElement("rule", [
    ["id", `${prefix}-lifetime-or-rule`],
    ["boolean-op", "or"],
  ]);
  for (const rule of rules) or.append(rule);
  and.append(or);
}

/** The node and score of a constraint as a rule. */
function ruleOfNode(location: XmlElement, prefix: string): XmlElement {
  const id = `${prefix}-node-score-rule`;
  const rule = new XmlElement("rule", [["id", id]]);
  const score = location.get("score");
  if (score !== null) rule.set("score", score);
  const role = location.get("role");
  if (role !== null) rule.set("role", role);
  const expression = new XmlElement("expression", [
    ["id", `${id}-expr`],
    ["attribute", "#uname"],
    ["operation", "eq"],
    ["value", location.get("node") ?? ""],
  ]);
  rule.append(expression);
  for (const name of ["node", "score", "role"]) location.attributes.delete(name);
  return rule;
}

/** Rules of colocations and orders that are referred to elsewhere live on in a location that concerns nothing. */
function keepReferredRules(
  cib: XmlElement,
  constraints: XmlElement | null,
  orphans: readonly XmlElement[],
): void {
  const references = new Set<string>();
  for (const rule of below(cib, "rule")) {
    const reference = rule.get("id-ref");
    if (reference !== null) references.add(reference);
  }
  const kept = orphans.filter((rule) => references.has(rule.id!));
  if (kept.length === 0) return;
  const id = `${PREFIX_4}coloc-order-lifetime-rules`;
  const location = new XmlElement("rsc_location", [
    ["id", id],
    ["rsc-pattern", "a^"],
  ]);
  const rule = new XmlElement("rule", [
    ["id", `${id}-rule`],
    ["score", "-INFINITY"],
  ]);
  for (const each of kept) rule.append(each);
  location.append(rule);
  constraints?.append(location);
}

/** A node that was only pinged becomes a member that no resource may use. */
export function banPingNodes(cib: XmlElement): void {
  for (const node of sectionOf(cib, "nodes")?.all("node") ?? []) {
    if (node.get("type") !== "ping") continue;
    const name = node.get("uname") ?? node.id ?? "";
    node.set("type", "member");
    sectionOf(cib, "constraints")?.append(
      new XmlElement("rsc_location", [
        ["id", `${PREFIX_4}ping-node-ban-${name}`],
        ["rsc-pattern", ".*"],
        ["node", name],
        ["score", "-INFINITY"],
        ["resource-discovery", "never"],
      ]),
    );
  }
}

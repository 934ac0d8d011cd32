import type { XmlElement } from "@quorate/xml";
import type { WriteContext } from "./attribute-lists.ts";
import { writeResourceSets } from "./resource-sets.ts";
import { writeRule } from "./rule.ts";
import { pair, scoreWord } from "./values.ts";

export function writeLocation(constraint: XmlElement, context: WriteContext): string[] | null {
  const words = ["location", constraint.id!];
  const pattern = constraint.get("rsc-pattern");
  const sets = constraint.all("resource_set");
  if (sets.length > 0)
    words.push("{", ...writeResourceSets(sets, { suffixName: "role", simpleCount: null }), "}");
  else words.push(pattern === null ? (constraint.get("rsc") ?? "") : `/${pattern}/`);
  for (const name of ["role", "resource-discovery"]) {
    const value = constraint.get(name);
    if (value !== null) words.push(pair(name, value));
  }
  const node = constraint.get("node");
  const score = constraint.get("score") ?? constraint.get("score-attribute");
  if (node !== null) {
    words.push(`${scoreWord(score ?? "INFINITY")}:`, node);
    return [words.join(" ")];
  }
  const rules = constraint
    .all("rule")
    .map((rule) => writeRule(rule, ({ id }) => id !== null && context.isReferenced(id)));
  if (rules.length === 0 || rules.some((rule) => rule === null)) return null;
  return [words.join(" "), ...(rules as string[])];
}

export function writeColocation(constraint: XmlElement): string[] {
  const words = ["colocation", constraint.id!];
  const score = constraint.get("score") ?? constraint.get("score-attribute");
  if (score !== null) words.push(`${scoreWord(score)}:`);
  const sets = constraint.all("resource_set");
  if (sets.length > 0) words.push(...writeResourceSets(sets, { suffixName: "role", simpleCount: 2 }));
  else {
    for (const end of ["rsc", "with-rsc"]) words.push(withSuffix(constraint, end, `${end}-role`));
  }
  const attribute = constraint.get("node-attribute");
  if (attribute !== null) words.push(pair("node-attribute", attribute));
  return [words.join(" ")];
}

export function writeOrder(constraint: XmlElement): string[] {
  const words = ["order", constraint.id!];
  const kind = constraint.get("kind") ?? constraint.get("score");
  if (kind !== null) words.push(`${scoreWord(kind)}:`);
  const sets = constraint.all("resource_set");
  if (sets.length > 0) words.push(...writeResourceSets(sets, { suffixName: "action", simpleCount: 2 }));
  else for (const end of ["first", "then"]) words.push(withSuffix(constraint, end, `${end}-action`));
  const symmetrical = constraint.get("symmetrical");
  if (symmetrical !== null) words.push(pair("symmetrical", symmetrical));
  return [words.join(" ")];
}

export function writeTicket(constraint: XmlElement): string[] {
  const words = ["rsc_ticket", constraint.id!, `${constraint.get("ticket")}:`];
  const sets = constraint.all("resource_set");
  if (sets.length > 0) words.push(...writeResourceSets(sets, { suffixName: "role", simpleCount: 1 }));
  else words.push(withSuffix(constraint, "rsc", "rsc-role"));
  const policy = constraint.get("loss-policy");
  if (policy !== null) words.push(pair("loss-policy", policy));
  return [words.join(" ")];
}

function withSuffix(constraint: XmlElement, name: string, suffixName: string): string {
  const suffix = constraint.get(suffixName);
  return `${constraint.get(name) ?? ""}${suffix === null ? "" : `:${suffix}`}`;
}

import { parseBoolean } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { Cursor } from "./cursor.ts";
import { readResourceSets } from "./resource-sets.ts";
import type { ReadObject } from "./resources.ts";
import { readRule } from "./rule.ts";
import { scoreAttribute } from "./score.ts";

const SCORE = /^([^:=\s]+):$/;

export function readLocation(cursor: Cursor): ReadObject {
  const { element, ...begun } = begin(cursor, "rsc_location");
  const pattern = cursor.takeMatch(/^\/(.*)\/$/s);
  if (pattern !== null) element.set("rsc-pattern", pattern[1]!);
  else if (cursor.takeIf("{")) {
    for (const set of readResourceSets(cursor, "role", "}").sets) element.append(set);
    if (!cursor.takeIf("}")) throw cursor.error("Expected }");
    if (element.elements().length === 0) throw cursor.error("Empty resource set");
  } else {
    if (cursor.current?.includes("=")) throw cursor.error("Expected resource");
    element.set("rsc", cursor.take());
  }
  for (;;) {
    const option = cursor.takeMatch(/^(role|resource-discovery|\$?id)=(.+)$/);
    if (option === null) break;
    element.set(option[1]!.replace("$", ""), option[2]!);
  }
  const id = element.id ?? begun.id;
  const score = cursor.takeMatch(SCORE);
  if (score !== null && cursor.current !== null) {
    const [name, value] = scoreAttribute(score[1]!);
    element.set(name, value);
    element.set("node", cursor.take());
  } else {
    if (score !== null || cursor.current !== "rule") {
      throw cursor.error("expected <score>: <node> or <rule> [<rule> ...]");
    }
    while (cursor.current === "rule") element.append(readRule(cursor));
  }
  cursor.expectEnd();
  return { id, element, children: [] };
}

export function readColocation(cursor: Cursor): ReadObject {
  const { id, element } = begin(cursor, "rsc_colocation");
  const score = cursor.takeMatch(SCORE);
  if (score === null) throw cursor.error("Expected <score>:");
  const [name, value] = scoreAttribute(score[1]!);
  element.set(name, value);
  const read = readResourceSets(cursor, "role", null);
  const attribute = read.options.get("node-attribute");
  if (attribute !== undefined && read.simple?.length !== 2)
    throw cursor.error("node-attribute is for two resources, not for sets");
  if (read.simple?.length === 2) {
    const [dependent, primary] = read.simple;
    setEnd(element, "rsc", "rsc-role", dependent!);
    setEnd(element, "with-rsc", "with-rsc-role", primary!);
  } else appendSets(cursor, element, read.sets);
  if (attribute !== undefined) element.set("node-attribute", attribute);
  return { id, element, children: [] };
}

const KINDS: readonly string[] = ["Mandatory", "Optional", "Serialize"];

export function readOrder(cursor: Cursor): ReadObject {
  const { id, element } = begin(cursor, "rsc_order");
  const word = cursor.takeMatch(SCORE)?.[1];
  if (word !== undefined) element.set("kind", orderKind(cursor, word));
  const read = readResourceSets(cursor, "action", null);
  if (read.simple?.length === 2) {
    const [first, then] = read.simple;
    setEnd(element, "first", "first-action", first!);
    setEnd(element, "then", "then-action", then!);
  } else appendSets(cursor, element, read.sets);
  const symmetrical = read.options.get("symmetrical");
  if (symmetrical !== undefined) element.set("symmetrical", truthWord(symmetrical));
  return { id, element, children: [] };
}

/** A kind by its name in any case, or by a score: 0 is optional, every other mandatory. */
function orderKind(cursor: Cursor, word: string): string {
  const kind = KINDS.find((name) => name.toLowerCase() === word.toLowerCase());
  if (kind !== undefined) return kind;
  const [name, value] = scoreAttribute(word);
  if (name === "score-attribute" || word.toLowerCase() === "advisory")
    throw cursor.error(`Invalid kind: ${word}`);
  return Number(value) === 0 ? "Optional" : "Mandatory";
}

export function readTicket(cursor: Cursor): ReadObject {
  const { id, element } = begin(cursor, "rsc_ticket");
  const ticket = cursor.takeMatch(SCORE);
  if (ticket === null) throw cursor.error("Expected <ticket-id>:");
  element.set("ticket", ticket[1]!);
  const read = readResourceSets(cursor, "role", null);
  if (read.sets.length === 0) throw cursor.error("Expected <rsc>[:<role>] | resource_sets");
  if (read.simple?.length === 1) setEnd(element, "rsc", "rsc-role", read.simple[0]!);
  else for (const set of read.sets) element.append(set);
  const policy = read.options.get("loss-policy");
  if (policy !== undefined) element.set("loss-policy", policy);
  return { id, element, children: [] };
}

/** Sets that name nothing would make a constraint that constrains nothing. */
function appendSets(cursor: Cursor, element: XmlElement, sets: readonly XmlElement[]): void {
  if (sets.every((set) => set.first("resource_ref") === null))
    throw cursor.error("Expected <rsc>[:<role>] <rsc>[:<role>] | resource_sets");
  for (const set of sets) element.append(set);
}

/** A truth value as the schema wants it; what is none is left for the check of the whole. */
function truthWord(word: string): string {
  const value = parseBoolean(word);
  return value === null ? word : String(value);
}

interface Member {
  readonly id: string;
  readonly suffix: string | null;
}

function setEnd(element: XmlElement, name: string, suffixName: string, { id, suffix }: Member): void {
  element.set(name, id);
  if (suffix !== null) element.set(suffixName, suffix);
}

function begin(cursor: Cursor, name: string): { readonly id: string; readonly element: XmlElement } {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  return { id, element: new XmlElement(name, [["id", id]]) };
}

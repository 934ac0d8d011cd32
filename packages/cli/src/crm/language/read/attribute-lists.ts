import { XmlElement } from "@quorate/xml";
import type { Cursor } from "./cursor.ts";
import { readRule } from "./rule.ts";
import { scoreAttribute } from "./score.ts";

/** The words that begin a list of attributes, with the element they make. */
export const LIST_ELEMENTS: Readonly<Record<string, string>> = {
  params: "instance_attributes",
  attributes: "instance_attributes",
  meta: "meta_attributes",
  utilization: "utilization",
  operations: "operations",
  op_params: "instance_attributes",
  op_meta: "meta_attributes",
};

const PAIR = /^([^=@$][^=]*)=(.*)$/s;
const PAIR_WITH_ID = /^\$([^:=]+):([^=]+)(?:=(.*))?$/s;
const REFERENCE = /^@([^:]+)(?::(.+))?$/;

/**
 * Reads the inside of a list: `[$id=ID] [$id-ref=ID] [SCORE:] [rule …] name=value …` up to a word that is in `terminators`.
 * A word without a value is a value-less attribute.
 */
export function readList(cursor: Cursor, elementName: string, terminators: ReadonlySet<string>): XmlElement {
  const list = new XmlElement(elementName);
  readListHead(cursor, list);
  // What is defined elsewhere cannot be more here.
  const isOver = cursor.current === null || terminators.has(cursor.current.toLowerCase());
  if (list.get("id-ref") !== null && !isOver) cursor.expectEnd();
  readListMembers(cursor, list, terminators);
  return list;
}

function readListHead(cursor: Cursor, list: XmlElement): void {
  for (;;) {
    const id = cursor.takeMatch(/^\$id=(.+)$/);
    const reference = id === null ? cursor.takeMatch(/^\$id-ref=(.+)$/) : null;
    const score = id === null && reference === null ? cursor.takeMatch(/^([^:=\s]+):$/) : null;
    if (id !== null) list.set("id", id[1]!);
    else if (reference !== null) list.set("id-ref", reference[1]!);
    else if (score !== null) {
      const [name, value] = scoreAttribute(score[1]!);
      list.set(name, value);
    } else return;
  }
}

/** Reads rules and values; where the language wants a value, a bare word is one without. */
function readListMembers(cursor: Cursor, list: XmlElement, terminators: ReadonlySet<string>): void {
  for (
    let word = cursor.current;
    word !== null && !terminators.has(word.toLowerCase());
    word = cursor.current
  ) {
    if (word === "rule" && list.first("nvpair") !== null) cursor.expectEnd();
    list.append(readListMember(cursor));
  }
}

/** One rule or value. */
export function readListMember(cursor: Cursor): XmlElement {
  return cursor.current === "rule" ? readRule(cursor) : readNvpair(cursor);
}

function readNvpair(cursor: Cursor): XmlElement {
  const nvpair = new XmlElement("nvpair");
  const reference = cursor.takeMatch(REFERENCE);
  if (reference !== null) {
    nvpair.set("id-ref", reference[1]!);
    if (reference[2] !== undefined) nvpair.set("name", reference[2]);
    return nvpair;
  }
  const withId = cursor.takeMatch(PAIR_WITH_ID);
  if (withId !== null) {
    nvpair.set("name", withId[2]!);
    if (withId[3] !== undefined) nvpair.set("value", withId[3]);
    nvpair.set("id", withId[1]!);
    return nvpair;
  }
  const pair = cursor.takeMatch(PAIR);
  nvpair.set("name", pair === null ? cursor.take() : pair[1]!);
  if (pair !== null) nvpair.set("value", pair[2]!);
  return nvpair;
}

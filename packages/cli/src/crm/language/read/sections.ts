import { XmlElement } from "@quorate/xml";
import { FENCING_TOPOLOGY_ID } from "../object-types.ts";
import { ACL_SHORTCUTS } from "../write/sections.ts";
import { readList, readListMember } from "./attribute-lists.ts";
import type { Cursor } from "./cursor.ts";
import type { ReadObject } from "./resources.ts";
import { scoreAttribute } from "./score.ts";

const NODE_PARTS: ReadonlySet<string> = new Set(["attributes", "utilization"]);

/** `node [ID:] UNAME[:TYPE] [attributes …] [utilization …]` */
export function readNode(cursor: Cursor): ReadObject {
  cursor.expectArguments(1);
  cursor.take();
  const id = cursor.takeMatch(/^\$id=(.+)$/)?.[1] ?? cursor.takeMatch(/^([\w-]+):$/)?.[1];
  const name = cursor.takeMatch(/^([\w.-]+)(?::(normal|member|ping|remote))?$/i);
  if (name === null) throw cursor.error("Expected uname[:type]");
  const node = new XmlElement("node");
  node.set("id", id ?? name[1]!);
  node.set("uname", name[1]!);
  if (name[2] !== undefined) node.set("type", name[2]);
  while (!cursor.isAtEnd) {
    const description = cursor.takeMatch(/^description=(.*)$/s);
    if (description !== null) {
      node.set("description", description[1]!);
      continue;
    }
    const word = cursor.current!;
    // Attributes are what a node has without a word for it.
    if (NODE_PARTS.has(word)) cursor.take();
    else if (!word.includes("=")) cursor.expectEnd();
    node.append(readList(cursor, word === "utilization" ? word : "instance_attributes", NODE_PARTS));
  }
  return { id: name[1]!, element: node, children: [] };
}

/** `property|rsc_defaults|op_defaults [$id=ID] [ID:] [rule …] name=value …`; a set without an id goes by the default one. */
export function readPropertySet(cursor: Cursor, elementName: string): ReadObject {
  cursor.expectArguments(1);
  cursor.take();
  const set = new XmlElement(elementName);
  const id = cursor.takeMatch(/^\$id=(.+)$/)?.[1] ?? cursor.takeMatch(/^([\w-]+):$/)?.[1] ?? null;
  if (id !== null) set.set("id", id);
  for (let word = cursor.current; word !== null; word = cursor.current) {
    const hasValues = set.first("nvpair") !== null;
    if (hasValues ? !word.includes("=") : !word.includes("=") && word !== "rule" && !/^\S+:$/.test(word))
      cursor.expectEnd();
    if (/^(?:id|\$id|\$id-ref)=/.test(word))
      throw cursor.error("A set takes its id first, as $id=ID or ID:, and cannot refer to another set");
    const empty = /^([^=]+)=$/.exec(word);
    if (empty !== null) {
      cursor.take();
      throw cursor.error(`Empty value for ${empty[1]} is not allowed`);
    }
    const score = cursor.takeMatch(/^([^:=\s]+):$/);
    if (score !== null) {
      const [name, value] = scoreAttribute(score[1]!);
      set.set(name, value);
      continue;
    }
    set.append(readListMember(cursor));
  }
  return { id, element: set, children: [] };
}

export function readFencingTopology(cursor: Cursor): ReadObject {
  cursor.take();
  const topology = new XmlElement("fencing-topology");
  let target: XmlElement | null = null;
  let index = 0;
  const general: string[] = [];
  while (!cursor.isAtEnd) {
    const word = cursor.take();
    const next = targetOf(word);
    if (next !== null) {
      target = next;
      index = 0;
    } else if (target === null) general.push(word);
    else topology.append(levelOf(target, ++index, word));
  }
  if (general.length > 0 && topology.elements().length > 0)
    throw cursor.error("Expected a target before devices");
  return { id: FENCING_TOPOLOGY_ID, element: topology, children: general };
}

/** Gives each node the levels of a topology that names devices only. */
export function expandTopology({ element, children }: ReadObject, nodeNames: readonly string[]): void {
  for (const name of nodeNames) {
    const target = new XmlElement("fencing-level", [["target", name]]);
    for (const [index, devices] of children.entries()) element.append(levelOf(target, index + 1, devices));
  }
}

function targetOf(word: string): XmlElement | null {
  const pattern = /^pattern:(.+)$/.exec(word);
  if (pattern !== null) return new XmlElement("fencing-level", [["target-pattern", pattern[1]!]]);
  const attribute = /^attr:([^=]+)=(.+)$/.exec(word);
  if (attribute !== null) {
    return new XmlElement("fencing-level", [
      ["target-attribute", attribute[1]!],
      ["target-value", attribute[2]!],
    ]);
  }
  const name = /^(.+):$/.exec(word);
  return name === null ? null : new XmlElement("fencing-level", [["target", name[1]!]]);
}

/** A level of a target: the target's attributes, the level's number and its devices. */
function levelOf(target: XmlElement, index: number, devices: string): XmlElement {
  const level = new XmlElement("fencing-level", target.attributes);
  level.set("index", String(index));
  level.set("devices", devices);
  return level;
}

export function readRole(cursor: Cursor): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  const role = new XmlElement("acl_role", [["id", id]]);
  while (!cursor.isAtEnd) {
    const description = cursor.takeMatch(/^description=(.*)$/s);
    if (description !== null) {
      role.set("description", description[1]!);
      continue;
    }
    const kind = cursor.takeMatch(/^(read|write|deny)$/);
    if (kind === null) cursor.expectEnd();
    for (const permission of readPermissions(cursor, kind![1]!)) role.append(permission);
  }
  return { id, element: role, children: [] };
}

const PERMISSION_ATTRIBUTES: Readonly<Record<string, string>> = {
  xpath: "xpath",
  ref: "reference",
  tag: "object-type",
  type: "object-type",
  attr: "attribute",
  attribute: "attribute",
};

/**
 * What stands behind one `read`, `write` or `deny`: a permission for the elements of a name, and before it one for a reference or XPath. None
 * when nothing does.
 */
function readPermissions(cursor: Cursor, kind: string): XmlElement[] {
  const permission = new XmlElement("acl_permission", [["kind", kind]]);
  while (cursor.current !== null && !/^(read|write|deny)$/.test(cursor.current)) {
    const [, word, rest] = /^([^:]+)(?::(.*))?$/s.exec(cursor.current) ?? [null, "", ""];
    const attribute = PERMISSION_ATTRIBUTES[word!];
    if (attribute !== undefined && rest !== undefined) permission.set(attribute, rest);
    else permission.set("xpath", shortcutXpath(cursor, word!, rest === undefined ? [] : rest.split(":")));
    cursor.take();
  }
  if (permission.get("attribute") !== null && permission.get("object-type") === null)
    throw cursor.error("attribute is only valid in combination with tag/object-type");
  const ofPlace = new XmlElement("acl_permission", [["kind", kind]]);
  if (permission.get("object-type") !== null) {
    // One permission cannot name both.
    for (const name of ["reference", "xpath"]) {
      const value = permission.get(name);
      if (value === null) continue;
      ofPlace.set(name, value);
      permission.attributes.delete(name);
    }
  }
  return [ofPlace, permission].filter(({ attributes }) => attributes.size > 1);
}

function shortcutXpath(cursor: Cursor, word: string, values: readonly string[]): string {
  for (const [name, pattern] of ACL_SHORTCUTS) {
    const parts = pattern.split("@@");
    const expected = word === "location" ? 1 : parts.length - 1;
    if (name !== word || expected !== values.length) continue;
    if (expected === 1) return pattern.replaceAll("@@", values[0]!);
    return parts.map((part, index) => part + (values[index] ?? "")).join("");
  }
  throw cursor.error(`Unknown shortcut: ${word}`);
}

export function readAclRoles(cursor: Cursor, elementName: string): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  const target = new XmlElement(elementName, [["id", id]]);
  while (!cursor.isAtEnd) target.append(new XmlElement("role", [["id", cursor.take()]]));
  return { id, element: target, children: [] };
}

const ALERT_PARTS: ReadonlySet<string> = new Set(["attributes", "meta", "select", "to", "}"]);
const SELECTIONS: ReadonlySet<string> = new Set(["nodes", "fencing", "resources", "attributes"]);

export function readAlert(cursor: Cursor): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  const alert = new XmlElement("alert", [
    ["id", id],
    ["path", cursor.take()],
  ]);
  while (!cursor.isAtEnd) {
    const description = cursor.takeMatch(/^description=(.*)$/s);
    const word = cursor.current;
    if (description !== null) alert.set("description", description[1]!);
    else if (word === "attributes" || word === "meta") alert.append(readAlertList(cursor));
    else if (word === "select") {
      const select = readSelect(cursor);
      if (select.elements().length > 0) alert.append(select);
    } else if (word === "to") alert.append(readRecipient(cursor));
    else throw cursor.error("Expected to");
  }
  return { id, element: alert, children: [] };
}

function readAlertList(cursor: Cursor): XmlElement {
  const word = cursor.take();
  return readList(cursor, word === "meta" ? "meta_attributes" : "instance_attributes", ALERT_PARTS);
}

function readSelect(cursor: Cursor): XmlElement {
  cursor.take();
  const select = new XmlElement("select");
  while (cursor.current !== null && SELECTIONS.has(cursor.current)) {
    // Without braces it begins the attributes of the alert.
    if (cursor.current === "attributes" && cursor.ahead(1) !== "{") break;
    if (select.first(`select_${cursor.current}`) !== null) throw cursor.error("Selected already");
    const kind = new XmlElement(`select_${cursor.take()}`);
    if (cursor.takeIf("{")) {
      while (cursor.current !== null && cursor.current !== "}") {
        kind.append(new XmlElement("attribute", [["name", cursor.take()]]));
      }
      if (!cursor.takeIf("}")) throw cursor.error("Expected }");
    }
    select.append(kind);
  }
  return select;
}

function readRecipient(cursor: Cursor): XmlElement {
  cursor.take();
  const isBraced = cursor.takeIf("{");
  if (cursor.isAtEnd) throw cursor.error("Expected recipient");
  const recipient = new XmlElement("recipient", [["value", cursor.take()]]);
  while (cursor.current === "attributes" || cursor.current === "meta")
    recipient.append(readAlertList(cursor));
  if (isBraced && cursor.current !== "}") throw cursor.error("Expected attributes, meta or }");
  if (isBraced) cursor.take();
  return recipient;
}

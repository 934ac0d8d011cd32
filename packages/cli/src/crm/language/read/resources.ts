import { XmlElement } from "@quorate/xml";
import { LIST_ELEMENTS, readList, readListMember } from "./attribute-lists.ts";
import type { CrmSyntaxError, Cursor } from "./cursor.ts";

/** Words that begin a part of a resource, and so end the part before. */
const PARTS: ReadonlySet<string> = new Set([
  "params",
  "meta",
  "utilization",
  "operations",
  "op",
  "op_params",
  "op_meta",
]);
const OP_PARTS: ReadonlySet<string> = new Set([...PARTS, "description"]);

/** Attributes of an operation itself; every other name in an `op` is a parameter for the agent. */
const OP_ATTRIBUTES: ReadonlySet<string> = new Set([
  "name",
  "interval",
  "timeout",
  "description",
  "start-delay",
  "interval-origin",
  "requires",
  "enabled",
  "role",
  "on-fail",
  "record-pending",
]);

/** A resource as the text says it: `children` are the ids that a group, clone or bundle names. */
export interface ReadObject {
  readonly id: string | null;
  readonly element: XmlElement;
  readonly children: readonly string[];
  /** Parts of `element` that stand behind the children. */
  readonly behind?: readonly XmlElement[];
}

export function readPrimitive(cursor: Cursor, elementName: "primitive" | "template"): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  const element = new XmlElement(elementName, [["id", id]]);
  const agent = cursor.take();
  if (agent.startsWith("@")) element.set("template", agent.slice(1));
  else setAgent(cursor, element, agent);
  readParts(cursor, element);
  return { id, element, children: [] };
}

/** `[class:[provider:]]type`; a type alone is of ocf:heartbeat. */
function setAgent(cursor: Cursor, element: XmlElement, word: string): void {
  const parts = word.split(":");
  if (parts.some((part) => part === "") || parts.length > 3)
    throw cursor.error(`Invalid resource type: ${word}`);
  const isOcf = parts.length === 1 || parts[0] === "ocf";
  element.set("class", parts.length === 1 ? "ocf" : parts[0]!);
  if (isOcf) element.set("provider", parts.length === 3 ? parts[1]! : "heartbeat");
  element.set("type", isOcf ? parts.at(-1)! : parts.slice(1).join(":"));
}

/** Groups and clones: id, children up to the first word that is no id, then parts. `maximum` null: any number of children. */
export function readContainer(cursor: Cursor, elementName: string, maximum: number | null): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  const children: string[] = [];
  while (
    cursor.current !== null &&
    (maximum === null || children.length < maximum) &&
    !PARTS.has(cursor.current.toLowerCase()) &&
    !/[=$]/.test(cursor.current)
  ) {
    const child = cursor.take();
    if (children.includes(child))
      throw cursor.error(`child ${child} listed more than once in ${cursor.command} ${id}`);
    children.push(child);
  }
  const element = new XmlElement(elementName, [["id", id]]);
  readParts(cursor, element);
  return { id, element, children };
}

function readParts(cursor: Cursor, element: XmlElement): void {
  let operations: XmlElement | null = null;
  const wantOperations = (): XmlElement => {
    if (operations === null) {
      operations = new XmlElement("operations");
      element.append(operations);
    }
    return operations;
  };
  while (!cursor.isAtEnd) {
    const description = cursor.takeMatch(/^description=(.*)$/s);
    if (description !== null) {
      element.set("description", description[1]!);
      continue;
    }
    const word = cursor.current!.toLowerCase();
    if (word === "op") wantOperations().append(readOperation(cursor));
    else if (word === "operations") {
      cursor.take();
      readOperationsHead(cursor, wantOperations());
    } else {
      if (word === "op_params" || word === "op_meta") cursor.expectEnd();
      if (PARTS.has(word)) cursor.take();
      element.append(readList(cursor, LIST_ELEMENTS[word] ?? "instance_attributes", OP_PARTS));
    }
  }
}

function readOperationsHead(cursor: Cursor, operations: XmlElement): void {
  const match = cursor.takeMatch(/^\$(id|id-ref)=(.+)$/);
  if (match === null) throw cursor.error("Expected $id or $id-ref");
  operations.set(match[1]!, match[2]!);
}

function readOperation(cursor: Cursor): XmlElement {
  cursor.take();
  const name = cursor.current;
  if (name === null) throw cursor.error("Expected operation name");
  if (!/^[\w.-]+$/.test(name)) throw cursor.error("Expected identifier");
  cursor.take();
  const op = new XmlElement("op", [["name", name]]);
  const own = new XmlElement("instance_attributes");
  while (cursor.current !== null && !OP_PARTS.has(cursor.current.toLowerCase())) {
    const id = cursor.takeMatch(/^\$?id=(.+)$/);
    if (id === null) readOperationValue(cursor, op, own);
    else op.set("id", id[1]!);
  }
  if (op.get("interval") === null) {
    if (own.elements().length > 0) throw misplaced(cursor, "interval");
    op.set("interval", "0");
  }
  if (own.elements().length > 0) op.append(own);
  for (let word = cursor.current; word === "op_params" || word === "op_meta"; word = cursor.current) {
    cursor.take();
    op.append(readList(cursor, LIST_ELEMENTS[word]!, OP_PARTS));
  }
  return op;
}

/** An attribute of the operation itself, or a parameter for the agent: these come behind. */
function readOperationValue(cursor: Cursor, op: XmlElement, own: XmlElement): void {
  const member = readListMember(cursor);
  const name = member.name === "nvpair" ? member.get("name") : null;
  if (name === null || !OP_ATTRIBUTES.has(name)) {
    own.append(member);
    return;
  }
  if (own.elements().length > 0) throw misplaced(cursor, name);
  op.set(name, member.get("value") ?? "");
}

function misplaced(cursor: Cursor, name: string): CrmSyntaxError {
  return cursor.error(`Attribute order error: ${name} must appear before any instance attribute`);
}

const CONTAINERS: ReadonlySet<string> = new Set(["docker", "rkt"]);

export function readBundle(cursor: Cursor): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take();
  const bundle = new XmlElement("bundle", [["id", id]]);
  const children: string[] = [];
  const lists: XmlElement[] = [];
  const behind: XmlElement[] = [];
  while (!cursor.isAtEnd) {
    const word = cursor.current!;
    const description = cursor.takeMatch(/^description=(.*)$/s);
    if (description !== null) bundle.set("description", description[1]!);
    else if (CONTAINERS.has(word)) bundle.append(readAttributes(cursor));
    else if (word === "network" || word === "storage") {
      const part = readAttributes(cursor);
      while (cursor.current === "port-mapping" || cursor.current === "storage-mapping")
        part.append(readAttributes(cursor));
      bundle.append(part);
    } else if (word === "meta") {
      cursor.take();
      (children.length === 0 ? lists : behind).push(readList(cursor, "meta_attributes", BUNDLE_PARTS));
    } else if (word === "primitive") {
      cursor.take();
      if (cursor.isAtEnd) throw cursor.error("Expected resource id");
      children.push(cursor.take());
    } else cursor.expectEnd();
  }
  for (const list of [...lists, ...behind]) bundle.append(list);
  return { id, element: bundle, children, behind };
}

const BUNDLE_PARTS: ReadonlySet<string> = new Set([...CONTAINERS, "network", "storage", "primitive", "meta"]);

/** The current word as an element, with the `name=value` words behind it as its attributes. */
function readAttributes(cursor: Cursor): XmlElement {
  const element = new XmlElement(cursor.take());
  for (
    let pair = cursor.takeMatch(/^([^=]+)=(.*)$/s);
    pair !== null;
    pair = cursor.takeMatch(/^([^=]+)=(.*)$/s)
  ) {
    element.set(pair[1]!, pair[2]!);
  }
  return element;
}

/** `tag ID[:] RESOURCE …` */
export function readTag(cursor: Cursor): ReadObject {
  cursor.expectArguments(2);
  cursor.take();
  const id = cursor.take().replace(/:$/, "");
  const tag = new XmlElement("tag", [["id", id]]);
  while (!cursor.isAtEnd) {
    if (/[=]|^:$/.test(cursor.current!)) throw cursor.error("Expected resource");
    tag.append(new XmlElement("obj_ref", [["id", cursor.take()]]));
  }
  return { id, element: tag, children: [] };
}

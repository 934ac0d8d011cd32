import { parseDurationMs } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { ROLES } from "../../../configuration/roles.ts";
import type { ConfigurationObject } from "../../configuration/document.ts";
import { resourcesIn } from "../../configuration/document.ts";
import { assignIds, IdSource } from "../../configuration/ids.ts";
import { showObject } from "../../configuration/show.ts";
import type { WorkingCopy } from "../../configuration/working-copy.ts";
import { splitWords } from "../../language/lines.ts";
import { CrmSyntaxError, Cursor } from "../../language/read/cursor.ts";
import { readObject } from "../../language/read/read-object.ts";
import { hidesNothing } from "../../language/write/values.ts";
import type { Shell } from "../../shell/shell.ts";

/** `modgroup GROUP add RESOURCE [after|before RESOURCE]`, `modgroup GROUP remove RESOURCE`. */
export async function modifyGroup(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [name, action, resource, place, neighbour] = args;
  const copy = await shell.configuration();
  const group = copy.find(name!);
  if (group?.type.word !== "group") {
    shell.messages.error(`configure.modgroup: group ${name} does not exist`);
    return false;
  }
  if (action !== "add" && action !== "remove") {
    shell.messages.error(`modgroup subcommand ${action} unknown: use add or remove`);
    return false;
  }
  if (action === "remove" && place !== undefined) {
    shell.messages.error("configure.modgroup: Expected one resource after remove");
    return false;
  }
  const members = resourcesIn(group.element).map((child) => child.id!);
  const changed =
    action === "add"
      ? withMember(shell, members, resource!, place, neighbour)
      : members.filter((id) => id !== resource);
  if (changed === null) return false;
  if (action === "remove" && changed.length === members.length) {
    shell.messages.error(`configure.modgroup: ${resource} is not in group ${name}`);
    return false;
  }
  return regroup(shell, copy, group, changed);
}

function withMember(
  shell: Shell,
  members: readonly string[],
  resource: string,
  place: string | undefined,
  neighbour: string | undefined,
): string[] | null {
  if (place === undefined) return [...members, resource];
  const index = members.indexOf(neighbour ?? "");
  if ((place !== "after" && place !== "before") || index < 0) {
    shell.messages.error(
      `configure.modgroup: Expected after or before a resource of the group: ${members.join(" ")}`,
    );
    return null;
  }
  return members.toSpliced(place === "after" ? index + 1 : index, 0, resource);
}

/** Reads the group again with other members, so that the same mistakes are told as for a new one. */
function regroup(
  shell: Shell,
  copy: WorkingCopy,
  group: ConfigurationObject,
  members: readonly string[],
): boolean {
  for (const member of members) {
    if (copy.find(member) === null) {
      shell.messages.error(`${group.id} refers to missing object ${member}`);
      return true;
    }
  }
  const text = objectWords(copy, group);
  const head = 2 + resourcesIn(group.element).length;
  return applyWords(shell, copy, group, [...text.slice(0, 2), ...members, ...text.slice(head)], "1: ");
}

function objectWords(copy: WorkingCopy, object: ConfigurationObject): readonly string[] {
  const references = copy.referencedIds();
  const text = showObject(object, {
    hides: hidesNothing,
    isReferenced: (id) => references.has(id),
    nodeNames: copy.nodeNames(),
  });
  const words = splitWords(
    text
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .join("\n")
      .replaceAll("\\\n", " "),
  );
  return words.ok ? words.words : [];
}

function applyWords(
  shell: Shell,
  copy: WorkingCopy,
  object: ConfigurationObject,
  words: readonly string[],
  prefix = "",
): boolean {
  try {
    return copy.update(object.type, readObject(new Cursor(words)));
  } catch (error) {
    if (!(error instanceof CrmSyntaxError)) throw error;
    shell.messages.error(prefix + error.message);
    return false;
  }
}

/** `set PATH VALUE`, PATH being `ID.[OPERATION.[INTERVAL.]]NAME`. */
export async function setValue(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [path, value] = args as [string, string];
  const steps = path.split(".");
  if (steps.length < 2 || steps.length > 4) {
    shell.messages.error(
      `configure.set: Invalid path: "${path}"; Valid path: "id.[op_type.][interval.]name"`,
    );
    return false;
  }
  const copy = await shell.configuration();
  const [id, ...inner] = steps as [string, ...string[]];
  const object = copy.find(id);
  if (object === null) {
    shell.messages.error(`configure.set: Object ${id} not found`);
    return false;
  }
  const name = inner.pop()!;
  const found = inner.length === 0 ? attributesOf(object, name) : [];
  if (found.length > 1) {
    shell.messages.error(
      `configure.set: Expected 1 attribute named ${name}, found ${found.length}. Change the one that is meant with "edit ${id}"`,
    );
    return false;
  }
  found[0]?.set("value", value);
  const isSet =
    inner.length === 0
      ? found.length > 0
      : setOperation(object, { operation: inner[0]!, interval: inner[1] ?? null, name, value });
  if (!isSet) {
    shell.messages.error(`configure.set: ${path} not found`);
    return false;
  }
  copy.touch(object);
  return true;
}

/** What has this name in the object; in an alert recipients have attributes of their own. */
function attributesOf({ element }: ConfigurationObject, name: string): XmlElement[] {
  const parts = [element, ...element.all("recipient")];
  const lists = parts.flatMap((part) =>
    ["instance_attributes", "meta_attributes", "utilization"].flatMap((list) => part.all(list)),
  );
  return [...lists, element]
    .flatMap((list) => list.all("nvpair"))
    .filter((pair) => pair.get("name") === name);
}

function setOperation(
  { element }: ConfigurationObject,
  wanted: {
    readonly operation: string;
    readonly interval: string | null;
    readonly name: string;
    readonly value: string;
  },
): boolean {
  const op = element
    .all("operations")
    .flatMap((list) => list.all("op"))
    .find(
      (candidate) =>
        candidate.get("name") === wanted.operation &&
        (wanted.interval === null || sameTime(candidate.get("interval"), wanted.interval)),
    );
  if (op === undefined) return false;
  const nvpair = op
    .elements()
    .flatMap((list) => list.all("nvpair"))
    .find((pair) => pair.get("name") === wanted.name);
  if (nvpair === undefined) op.set(wanted.name, wanted.value);
  else nvpair.set("value", wanted.value);
  return true;
}

function sameTime(a: string | null, b: string): boolean {
  return a === b || parseDurationMs(a ?? "0") === parseDurationMs(b);
}

/** `monitor RESOURCE[:ROLE] INTERVAL[:TIMEOUT]`: adds a monitor operation. */
export async function addMonitor(shell: Shell, args: readonly string[]): Promise<boolean> {
  return addMonitorTo(await shell.configuration(), args);
}

export function addMonitorTo(copy: WorkingCopy, args: readonly string[]): boolean {
  const [id, role] = args[0]!.split(":") as [string, string | undefined];
  const [interval, timeout, odd] = args[1]!.split(":") as [string, string | undefined, string | undefined];
  if (odd !== undefined) {
    copy.messages.error(`syntax in monitor: Expected INTERVAL[:TIMEOUT] near <${args[1]}>`);
    return false;
  }
  const object = copy.find(id);
  if (object === null) {
    copy.messages.error(`object ${id} does not exist`);
    return false;
  }
  if (object.type.word !== "primitive") {
    copy.messages.error(`configure.monitor: ${id} is a ${object.type.word}; monitors belong to primitives`);
    return false;
  }
  if (role !== undefined && !(ROLES as readonly string[]).includes(role)) {
    copy.messages.error(`syntax in monitor: Invalid role '${role}' for resource '${id}'`);
    return false;
  }
  const isTaken = object.element
    .all("operations")
    .flatMap((list) => list.all("op"))
    .some((op) => op.get("name") === "monitor" && sameTime(op.get("interval"), interval));
  if (isTaken) {
    copy.messages.error(`${id} already has a monitor op with interval ${interval}`);
    return false;
  }
  const words = ["op", "monitor", `interval=${interval}`];
  if (role !== undefined) words.push(`role=${role}`);
  if (timeout !== undefined) words.push(`timeout=${timeout}`);
  return addOperation(copy, object, words);
}

function addOperation(copy: WorkingCopy, object: ConfigurationObject, words: readonly string[]): boolean {
  const read = readObject(new Cursor(["primitive", object.id, "x", ...words])).element;
  const added = read.first("operations")!.elements();
  const operations = object.element.first("operations") ?? read.first("operations")!;
  if (operations.parent !== object.element) object.element.append(operations);
  for (const op of added) {
    operations.append(op);
    assignIds(object.element, object.id, new IdSource(copy.configuration), null);
  }
  copy.touch(object);
  return true;
}

import { OPERATION_OPTIONS } from "@quorate/cib";
import { parseXml, XmlElement } from "@quorate/xml";
import { FileError } from "../../../world.ts";
import { objectId, objectsOf, resourcesIn } from "../../configuration/document.ts";
import { resourcesNamed } from "../../configuration/references.ts";
import { eraseAll, removeObjects } from "../../configuration/removal.ts";
import { MERGED, type WorkingCopy } from "../../configuration/working-copy.ts";
import { logicalLines, splitWords } from "../../language/lines.ts";
import {
  CONSTRAINT_WORDS,
  CONTAINER_WORDS,
  OBJECT_TYPES,
  type ObjectType,
  typeOfWord,
} from "../../language/object-types.ts";
import { CrmSyntaxError, Cursor } from "../../language/read/cursor.ts";
import { readObject } from "../../language/read/read-object.ts";
import type { ReadObject } from "../../language/read/resources.ts";
import type { Shell } from "../../shell/shell.ts";

type Method = "replace" | "update" | "push";
const METHODS: ReadonlySet<string> = new Set(["replace", "update", "push"]);

/** `load [xml] {replace|update|push} FILE` (`-`: standard input). */
export async function load(shell: Shell, args: readonly string[]): Promise<boolean> {
  const isXml = args[0] === "xml";
  const words = isXml ? args.slice(1) : args;
  if (words.length === 0 || words.length > 2) {
    shell.messages.error(
      `configure.load: Expected 2 arguments (${words.length} given): [xml] replace|update|push FILE`,
    );
    return false;
  }
  const method = METHODS.has(words[0]!) ? (words[0] as Method) : null;
  const path = words[1];
  if (method === null || path === undefined) {
    shell.messages.error("configure.load: Expected [xml] replace|update|push FILE");
    return false;
  }
  const text = readText(shell, path);
  if (text === null) return false;
  return isXml ? loadXml(shell, method, text) : loadText(shell, method, text);
}

function readText(shell: Shell, path: string): string | null {
  try {
    return path === "-" ? shell.world.readStdin() : shell.world.readFile(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    shell.messages.error(`could not open ${path}: ${error.message}`);
    return null;
  }
}

interface Entry {
  readonly type: ObjectType;
  readonly read: ReadObject;
  readonly comments: readonly string[];
}

/** Applies a crm text to the working copy; with a mistake anywhere in it nothing is changed. */
async function loadText(shell: Shell, method: Method, text: string): Promise<boolean> {
  const entries = readEntries(shell, text);
  if (entries === null) return false;
  const copy = await shell.configuration();
  if (entries.length === 0 && method === "update") return true;
  return copy.attempt(() => {
    if (method === "replace") eraseAll(copy);
    if (method === "push") emptyAll(copy, entries);
    return applyEntries(shell, copy, entries);
  });
}

/** Tells every mistake. After one the copy is half changed: call it in an attempt. */
function applyEntries(shell: Shell, copy: WorkingCopy, entries: readonly Entry[]): boolean {
  if (!areReferencesGood(shell, copy, entries)) return false;
  let isGood = true;
  for (const { type, read, comments } of inOrderOfCreation(entries)) {
    if (!copy.update(type, read, comments)) isGood = false;
  }
  return isGood;
}

/**
 * Applies an edited text, which takes the place of the objects with the ids in `replaced`: those that it leaves out are deleted. After a
 * mistake nothing is changed.
 */
export async function applyText(shell: Shell, text: string, replaced: readonly string[]): Promise<boolean> {
  const entries = readEntries(shell, text);
  if (entries === null) return false;
  const copy = await shell.configuration();
  return copy.attempt(() => {
    for (const { type, read } of entries) dropLeftOut(copy, type, copy.idOf(type, read), read.element);
    if (!applyEntries(shell, copy, entries)) return false;
    const kept = new Set(entries.map(({ type, read }) => copy.idOf(type, read)));
    return removeObjects(
      copy,
      replaced.filter((id) => !kept.has(id) && copy.find(id) !== null),
    );
  });
}

/** The text as objects; null after a mistake, which was told with its line. What the XML of a container holds wins over the same in words. */
function readEntries(shell: Shell, text: string): Entry[] | null {
  const entries: Entry[] = [];
  let isGood = true;
  const names = new Set<string>();
  const nodes = new Set<string>();
  for (const { text: line, comments, number } of logicalLines(text)) {
    const entry = readEntry(line);
    if (typeof entry === "string") {
      shell.messages.error(`${number}: ${entry}`);
      isGood = false;
      continue;
    }
    const { id } = entry.read;
    const taken = entry.type.word === "node" ? nodes : names;
    if (id !== null && taken.has(id)) {
      shell.messages.error(`${number}: Duplicate resource: ${id}`);
      isGood = false;
    } else {
      if (id !== null) taken.add(id);
      for (const inner of entry.inner) {
        const same = entries.findIndex(({ read }) => read.id === inner.read.id);
        entries.splice(same < 0 ? entries.length : same, same < 0 ? 0 : 1, { ...inner, comments: [] });
      }
      entries.push({ ...entry, comments });
    }
  }
  return isGood ? entries : null;
}

type ReadEntry = Pick<Entry, "type" | "read">;

function readEntry(line: string): (ReadEntry & { readonly inner: readonly ReadEntry[] }) | string {
  if (line.startsWith("xml ")) return readXmlEntry(line.slice("xml ".length));
  const words = splitWords(line);
  if (!words.ok) return words.message;
  try {
    const read = readObject(new Cursor(words.words));
    return { type: typeOfWord(words.words[0]!)!, read, inner: [] };
  } catch (error) {
    if (error instanceof CrmSyntaxError) return error.message;
    throw error;
  }
}

/** An object in its XML form; what is in a container are objects of their own. */
function readXmlEntry(text: string): ReturnType<typeof readEntry> {
  const parsed = parseXml(text);
  if (!parsed.ok) return `the XML is not well-formed: ${parsed.error.message}`;
  const { root: element } = parsed;
  const type = typeOfXml(element);
  if (type === null) return `<${element.name}> is no object that crm knows`;
  const children = CONTAINER_WORDS.has(type.word) ? resourcesIn(element) : [];
  for (const child of children) child.remove();
  const inner = children.map((child) => ({
    type: typeOfWord(child.name)!,
    read: { id: child.id, element: child, children: [] },
  }));
  const read = { id: objectId(type, element), element, children: children.map(({ id }) => id ?? "") };
  return { type, read, inner };
}

/** Defaults of operations and of resources have the same element: their names and expressions tell them apart. */
function typeOfXml(element: XmlElement): ObjectType | null {
  if (element.name !== "meta_attributes")
    return OBJECT_TYPES.find((type) => type.element === element.name) ?? null;
  const names = element.all("nvpair").map((nvpair) => nvpair.get("name"));
  const isAboutOperations =
    [...element.descendants("op_expression")].length > 0 ||
    OPERATION_OPTIONS.some(({ name }) => name !== "description" && names.includes(name));
  return typeOfWord(isAboutOperations ? "op_defaults" : "rsc_defaults");
}

/** Constraints name resources, containers their children: what is named comes first, whatever the order of the text. */
function inOrderOfCreation(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => creationRank(a) - creationRank(b));
}

const CREATION_ORDER: readonly string[] = [
  "node",
  "property",
  "rsc_template",
  "primitive",
  "bundle",
  "group",
  "ms",
  "clone",
];

function creationRank({ type }: Entry): number {
  const rank = CREATION_ORDER.indexOf(type.word);
  if (rank >= 0) return rank;
  return type.word === "role" ? CREATION_ORDER.length : CREATION_ORDER.length + 1;
}

/** Whether everything that constraints and containers name is there or comes with the text. */
function areReferencesGood(shell: Shell, copy: WorkingCopy, entries: readonly Entry[]): boolean {
  const known = new Set([...copy.objects().map(({ id }) => id), ...entries.map(({ read }) => read.id)]);
  let isGood = true;
  for (const { type, read } of entries) {
    if (!CONSTRAINT_WORDS.has(type.word)) continue;
    for (const resource of resourcesNamed(read.element)) {
      if (known.has(resource)) continue;
      shell.messages.error(`constraint ${read.id} references a resource ${resource} which doesn't exist`);
      isGood = false;
    }
  }
  return isGood;
}

/** `push` leaves nothing of the configuration but the sets of properties that the text speaks of. */
function emptyAll(copy: WorkingCopy, entries: readonly Entry[]): void {
  const kept = new Set(
    entries
      .filter(({ type }) => type.word === "property")
      .map(({ read }) => read.id ?? "cib-bootstrap-options"),
  );
  for (const section of copy.configuration.elements()) {
    for (const element of section.elements())
      if (element.id === null || !kept.has(element.id)) element.remove();
  }
  copy.touch(null);
}

async function loadXml(shell: Shell, method: Method, text: string): Promise<boolean> {
  const configuration = readConfiguration(shell, text);
  if (configuration === null) return false;
  const copy = await shell.configuration();
  return copy.attempt(() => {
    if (method === "replace") eraseAll(copy);
    if (method === "push") emptyAll(copy, []);
    return applyXml(copy, configuration);
  });
}

/** As `applyText`, for the same objects as a CIB. */
export async function applyEditedXml(
  shell: Shell,
  text: string,
  replaced: readonly string[],
): Promise<boolean> {
  const configuration = readConfiguration(shell, text);
  if (configuration === null) return false;
  const copy = await shell.configuration();
  return copy.attempt(() => {
    for (const { type, id, element } of objectsOf(configuration)) dropLeftOut(copy, type, id, element);
    if (!applyXml(copy, configuration)) return false;
    const kept = new Set(objectsOf(configuration).map(({ id }) => id));
    return removeObjects(
      copy,
      replaced.filter((id) => !kept.has(id) && copy.find(id) !== null),
    );
  });
}

/** Sets of properties, defaults and nodes are merged when they are loaded; out of what was edited goes what the text no longer says. */
function dropLeftOut(copy: WorkingCopy, type: ObjectType, id: string, wanted: XmlElement): void {
  const existing = copy.namesake(type, id);
  if (existing === null || !MERGED.has(existing.type.word)) return;
  if (dropValues(existing.element, wanted)) copy.touch(existing);
}

function dropValues(list: XmlElement, wanted: XmlElement): boolean {
  let isChanged = false;
  for (const part of list.elements()) {
    if (part.name === "nvpair") {
      const name = part.get("name");
      if (wanted.all("nvpair").some((nvpair) => nvpair.get("name") === name)) continue;
      part.remove();
      isChanged = true;
    } else if (list.name === "node" && dropValues(part, wanted.first(part.name) ?? new XmlElement(part.name)))
      isChanged = true;
  }
  return isChanged;
}

/** The configuration in a CIB; null after a mistake, which was told. */
function readConfiguration(shell: Shell, text: string): XmlElement | null {
  const parsed = parseXml(text);
  if (!parsed.ok) {
    shell.messages.info(`offending string: ${text.split("\n")[0]}`);
    shell.messages.error(
      `${parsed.error.message} (line ${parsed.error.line}, column ${parsed.error.column})`,
    );
    return null;
  }
  const configuration =
    parsed.root.name === "configuration" ? parsed.root : parsed.root.first("configuration");
  if (configuration === null) shell.messages.warning("CIB has no configuration element");
  return configuration;
}

/** Tells every mistake. After one the copy is half changed: call it in an attempt. */
function applyXml(copy: WorkingCopy, configuration: XmlElement): boolean {
  let isGood = true;
  for (const { type, element, id } of objectsOf(configuration)) {
    if (element.parent?.name !== type.section && type.word !== "fencing_topology") continue;
    const children = CONTAINER_WORDS.has(type.word) ? resourcesIn(element) : [];
    const read = { id, element: element.clone(), children: children.map((child) => child.id ?? "") };
    if (!copy.update(type, read)) isGood = false;
  }
  return isGood;
}

import { OPERATION_OPTIONS } from "@quorate/cib";
import { parseXml, type XmlElement } from "@quorate/xml";
import { objectId, objectsOf, resourcesIn } from "../../configuration/document.ts";
import { DEFAULT_SET_IDS } from "../../configuration/working-copy.ts";
import { logicalLines, splitWords } from "../../language/lines.ts";
import { CONTAINER_WORDS, OBJECT_TYPES, type ObjectType, typeOfWord } from "../../language/object-types.ts";
import { CrmSyntaxError, Cursor } from "../../language/read/cursor.ts";
import { readObject } from "../../language/read/read-object.ts";
import type { ReadObject } from "../../language/read/resources.ts";
import type { Messages } from "../../shell/messages.ts";

/** An object that a text describes. */
export interface Entry {
  readonly type: ObjectType;
  readonly read: ReadObject;
  readonly comments: readonly string[];
}

/** What a text says. */
export interface ConfigurationText {
  readonly entries: readonly Entry[];
  /** Arguments of `monitor`, for objects that may stand anywhere in the text. */
  readonly monitors: readonly (readonly string[])[];
}

/** The text as objects; null after a mistake, which was told with its line. What the XML of a container holds wins over the same in words. */
export function readText(messages: Messages, text: string): ConfigurationText | null {
  const entries: Entry[] = [];
  const monitors: (readonly string[])[] = [];
  let isGood = true;
  const names = new Set<string>();
  const nodes = new Set<string>();
  for (const { text: line, comments, number } of logicalLines(text)) {
    const monitor = readMonitor(line);
    if (monitor !== null) {
      monitors.push(monitor);
      continue;
    }
    const entry = readEntry(line);
    if (typeof entry === "string") {
      messages.error(`${number}: ${entry}`);
      isGood = false;
      continue;
    }
    const id = entry.read.id ?? DEFAULT_SET_IDS[entry.type.word] ?? null;
    const taken = entry.type.word === "node" ? nodes : names;
    if (id !== null && taken.has(id)) {
      messages.error(`${number}: Duplicate resource: ${id}`);
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
  return isGood ? { entries, monitors } : null;
}

/** The words of `monitor RESOURCE[:ROLE] INTERVAL[:TIMEOUT]`, which is about an object but is none. */
function readMonitor(line: string): readonly string[] | null {
  const words = splitWords(line);
  return words.ok && words.words.length === 3 && words.words[0] === "monitor" ? words.words.slice(1) : null;
}

export type ReadEntry = Pick<Entry, "type" | "read">;

/** An object with what is in it, where its text says that too. */
interface WholeEntry extends ReadEntry {
  readonly inner: readonly ReadEntry[];
}

function readEntry(line: string): WholeEntry | string {
  if (line.startsWith("xml ")) return readXmlEntry(line.slice("xml ".length));
  const words = splitWords(line);
  if (!words.ok) return words.message;
  try {
    // Some write the words that begin an object large.
    const [first, ...rest] = words.words as [string, ...string[]];
    const word = first.toLowerCase();
    return { type: typeOfWord(word)!, read: readObject(new Cursor([word, ...rest])), inner: [] };
  } catch (error) {
    if (error instanceof CrmSyntaxError) return error.message;
    throw error;
  }
}

/** An object in its XML form, or what is wrong with it; what is in a container are objects of their own. */
export function readXmlEntry(text: string): WholeEntry | string {
  const parsed = parseXml(text);
  if (!parsed.ok) return `the XML is not well-formed: ${parsed.error.message}`;
  const type = typeOfXml(parsed.root);
  return type === null ? `<${parsed.root.name}> is no object that crm knows` : takeApart(type, parsed.root);
}

/** Takes the resources out of a container: each is an object of its own, what is innermost first. */
function takeApart(type: ObjectType, element: XmlElement): WholeEntry {
  const children = CONTAINER_WORDS.has(type.word) ? resourcesIn(element) : [];
  for (const child of children) child.remove();
  const inner = children.flatMap((child) => {
    const { inner: within, ...entry } = takeApart(typeOfWord(child.name)!, child);
    return [...within, entry];
  });
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
export function inOrderOfCreation(entries: readonly Entry[]): Entry[] {
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

/** The objects of a `configuration` element. The element stays as it is. */
export function entriesOfXml(configuration: XmlElement): Entry[] {
  return objectsOf(configuration)
    .filter(({ type, element }) => element.parent?.name === type.section || type.word === "fencing_topology")
    .flatMap(({ type, element }) => {
      const { inner, ...entry } = takeApart(type, element.clone());
      return [...inner, entry];
    })
    .map((entry) => ({ ...entry, comments: [] }));
}

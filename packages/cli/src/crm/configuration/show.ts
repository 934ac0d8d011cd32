import { serializeXml, type XmlElement } from "@quorate/xml";
import { splitWords } from "../language/lines.ts";
import { CONTAINER_WORDS } from "../language/object-types.ts";
import { CrmSyntaxError, Cursor } from "../language/read/cursor.ts";
import { readObject } from "../language/read/read-object.ts";
import { expandTopology } from "../language/read/sections.ts";
import { dropDefaults, isSameMeaning } from "../language/same-meaning.ts";
import type { WriteContext } from "../language/write/attribute-lists.ts";
import { HIDDEN, hidesNothing } from "../language/write/values.ts";
import { writeObject } from "../language/write/write-object.ts";
import type { ConfigurationObject } from "./document.ts";

const CONTINUATION = " \\\n\t";

export type ShowOptions = WriteContext;

/**
 * An object as text of the crm language. What its words cannot say in full is shown as XML instead: the words are read back
 * and compared, so that nothing is lost by editing or loading the text.
 */
export function showObject(object: ConfigurationObject, options: ShowOptions): string {
  const element = object.element.clone();
  dropDefaults(element);
  const lines = writeObject(object.type, element, options);
  const isWhole = lines !== null && !hasInnerComment(object.element) && saysAll(object, element, options);
  if (!isWhole) return xmlForm(element, options.hides);
  return [...commentsOf(object.element), lines.join(CONTINUATION)].join("\n");
}

/** Comments directly below the object, as comment lines. */
function commentsOf(element: XmlElement): string[] {
  return element.children
    .filter((child) => child.kind === "comment")
    .map(({ text }) => (text.trim().startsWith("#") ? text.trim() : `# ${text.trim()}`));
}

/** Comments further below have no place in the text, nor have those of several lines. */
function hasInnerComment(element: XmlElement): boolean {
  if (element.children.some((child) => child.kind === "comment" && child.text.trim().includes("\n")))
    return true;
  return element
    .elements()
    .filter(({ name }) => name !== "primitive" && name !== "group")
    .some((part) =>
      [part, ...part.descendants()].some(({ children }) => children.some(({ kind }) => kind === "comment")),
    );
}

function saysAll(object: ConfigurationObject, element: XmlElement, options: ShowOptions): boolean {
  const lines = writeObject(object.type, element, { ...options, hides: hidesNothing })!;
  const words = splitWords(lines.join(" "));
  if (!words.ok) return false;
  try {
    const read = readObject(new Cursor(words.words));
    if (object.type.word === "fencing_topology") expandTopology(read, options.nodeNames);
    dropDefaults(read.element);
    return isSameMeaning(withoutChildren(object, element), read.element);
  } catch (error) {
    if (error instanceof CrmSyntaxError) return false;
    throw error;
  }
}

/** Containers name their children, which are objects of their own. */
function withoutChildren({ type }: ConfigurationObject, element: XmlElement): XmlElement {
  if (!CONTAINER_WORDS.has(type.word)) return element;
  const copy = element.clone();
  for (const child of copy.elements())
    if (child.name === "primitive" || child.name === "group") child.remove();
  return copy;
}

/** `xml <…>` with continued lines. */
function xmlForm(element: XmlElement, hides: ShowOptions["hides"]): string {
  const shown = element.clone();
  hideValues(shown, hides);
  return `xml ${serializeXml(shown).trimEnd().split("\n").join(" \\\n")}`;
}

export function hideValues(element: XmlElement, hides: ShowOptions["hides"]): void {
  for (const nvpair of element.descendants("nvpair")) {
    if (nvpair.get("value") !== null && hides(nvpair.get("name") ?? "")) nvpair.set("value", HIDDEN);
  }
}

import type { XmlElement } from "@quorate/xml";
import { writeRule } from "./rule.ts";
import { HIDDEN, pair, quoted, scoreWord, type WriteOptions } from "./values.ts";

/** What a writer knows of the document around the object. */
export interface WriteContext extends WriteOptions {
  /** Whether something else in the document names this element's id, so that the text has to keep it. */
  isReferenced(id: string): boolean;
  /** Names of the cluster's nodes, in the order of the document. */
  readonly nodeNames: readonly string[];
}

/** The word that begins a list of attributes of this element. */
export const LIST_WORDS: Readonly<Record<string, string>> = {
  instance_attributes: "params",
  meta_attributes: "meta",
  utilization: "utilization",
};

/** `WORD [$id=ID] [SCORE:] [rule …] name=value …`, or null when the element says more than that can. */
export function writeAttributeList(word: string, list: XmlElement, context: WriteContext): string | null {
  const content = writeListContent(list, context);
  if (content === null) return null;
  return content === "" ? word : word === "" ? content : `${word} ${content}`;
}

/** The same without the word. */
export function writeListContent(list: XmlElement, context: WriteContext): string | null {
  const words: string[] = [];
  const reference = list.get("id-ref");
  if (reference !== null) return pair("$id-ref", reference);
  if (list.id !== null && context.isReferenced(list.id)) words.push(pair("$id", list.id));
  const score = list.get("score");
  if (score !== null) words.push(`${scoreWord(score)}:`);
  const members = writeListMembers(rulesFirst(list), context);
  return members === null ? null : [...words, ...members].join(" ");
}

/** The language has the rules of a list before its values. */
function rulesFirst(list: XmlElement): readonly XmlElement[] {
  return [...list.all("rule"), ...list.elements().filter(({ name }) => name !== "rule")];
}

/** The rules and values of a list, each as words. */
export function writeListMembers(members: readonly XmlElement[], context: WriteContext): string[] | null {
  const isIdShown = ({ id }: XmlElement) => id !== null && context.isReferenced(id);
  const texts: string[] = [];
  for (const child of members) {
    const text = child.name === "rule" ? writeRule(child, isIdShown) : writeNvpair(child, context);
    if (text === null) return null;
    texts.push(text);
  }
  return texts;
}

function writeNvpair(nvpair: XmlElement, context: WriteContext): string | null {
  if (nvpair.name !== "nvpair") return null;
  const reference = nvpair.get("id-ref");
  const name = nvpair.get("name");
  if (reference !== null) return name === null ? `@${reference}` : `@${reference}:${name}`;
  if (name === null) return null;
  const value = nvpair.get("value");
  const isHidden = value !== null && context.hides(name);
  const text = isHidden ? `${name}=${quoted(HIDDEN)}` : pair(name, value);
  const isIdKept =
    nvpair.id !== null && nvpair.id !== `${nvpair.parent?.id}-${name}` && context.isReferenced(nvpair.id);
  return isIdKept ? `$${nvpair.id}:${text}` : text;
}

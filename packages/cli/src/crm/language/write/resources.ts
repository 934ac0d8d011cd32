import type { XmlElement } from "@quorate/xml";
import { LIST_WORDS, type WriteContext, writeAttributeList } from "./attribute-lists.ts";
import { writeOperations } from "./operations.ts";
import { pair, quoted } from "./values.ts";

/** Provider and class that are understood when only a type is named. */
const DEFAULT_AGENT = "ocf:heartbeat";

function agentWord(resource: XmlElement): string {
  const parts = [resource.get("class"), resource.get("provider"), resource.get("type")];
  const full = parts.filter((part) => part !== null).join(":");
  return full.startsWith(`${DEFAULT_AGENT}:`) ? full.slice(DEFAULT_AGENT.length + 1) : full;
}

export function writePrimitive(word: string, resource: XmlElement, context: WriteContext): string[] | null {
  const template = resource.get("template");
  const agent = template === null ? agentWord(resource) : `@${template}`;
  return withLists([`${word} ${resource.id} ${quotedAgent(agent)}`], resource, context);
}

function quotedAgent(agent: string): string {
  return /^[\w.:@/+-]+$/.test(agent) ? agent : quoted(agent);
}

export function writeContainer(word: string, resource: XmlElement, context: WriteContext): string[] | null {
  const children = resource.elements().filter(isResource);
  return withLists([[word, resource.id, ...children.map((child) => child.id)].join(" ")], resource, context);
}

const CONTAINER_PARTS: ReadonlySet<string> = new Set(["docker", "podman", "rkt"]);

export function writeBundle(bundle: XmlElement, context: WriteContext): string[] | null {
  const lines = [`bundle ${bundle.id}`];
  const parts: string[] = [];
  for (const child of bundle.elements()) {
    if (CONTAINER_PARTS.has(child.name)) parts.push(attributeWords(child.name, child));
    else if (child.name === "network" || child.name === "storage") {
      const inner = child.elements().map((part) => attributeWords(part.name, part));
      parts.push([attributeWords(child.name, child), ...inner].join(" "));
    } else if (child.name === "meta_attributes") {
      const text = writeAttributeList("meta", child, context);
      if (text === null) return null;
      parts.push(text);
    } else if (!isResource(child)) return null;
  }
  for (const child of bundle.elements().filter(isResource)) parts.push(`primitive ${child.id}`);
  const description = bundle.get("description");
  if (description !== null) lines.push(pair("description", description));
  return [...lines, ...parts];
}

function attributeWords(word: string, element: XmlElement): string {
  return [word, ...[...element.attributes].map(([name, value]) => pair(name, value))].join(" ");
}

/** Adds a line for the description and for each list of attributes, in the order of the document. */
function withLists(lines: string[], resource: XmlElement, context: WriteContext): string[] | null {
  const description = resource.get("description");
  if (description !== null) lines.push(pair("description", description));
  for (const child of resource.elements()) {
    if (isResource(child)) continue;
    if (child.name === "operations") {
      const text = writeOperations(child, context);
      if (text === null) return null;
      lines.push(...text);
      continue;
    }
    const word = LIST_WORDS[child.name];
    const text = word === undefined ? null : writeAttributeList(word, child, context);
    if (text === null) return null;
    lines.push(text);
  }
  return lines;
}

function isResource({ name }: XmlElement): boolean {
  return name === "primitive" || name === "group";
}

export function writeTag(tag: XmlElement): string[] {
  return [["tag", tag.id, ...tag.elements().map((reference) => reference.id)].join(" ")];
}

import type { XmlElement } from "@quorate/xml";
import { parseScore } from "../../values/score.ts";
import { BLOCK_NAMES, below } from "../elements.ts";

/**
 * What the newer schema takes for granted about blocks: each name once, and blocks after everything else, by score. What has an
 * effect stays the same.
 */
export function tidyBlocks(cib: XmlElement): void {
  const byId = new Map<string, XmlElement>();
  for (const element of below(cib)) if (element.id !== null) byId.set(element.id, element);
  const configuration = cib.first("configuration");
  for (const element of below(configuration)) {
    if (BLOCK_NAMES.has(element.name)) dropRepeated(element, byId);
  }
  for (const parent of below(configuration)) sortBlocks(parent, byId);
}

/** Of several pairs with one name the first counts, but `#default` takes back what is before it. */
function dropRepeated(block: XmlElement, byId: ReadonlyMap<string, XmlElement>): void {
  const byName = new Map<string, XmlElement[]>();
  for (const pair of block.all("nvpair")) {
    const name = resolve(pair, byId)?.get("name") ?? null;
    if (name === null) continue;
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [pair]);
    else group.push(pair);
  }
  for (const group of byName.values()) {
    if (group.length === 1) continue;
    const isDefault = group.map((pair) => resolve(pair, byId)?.get("value")?.toLowerCase() === "#default");
    const lastDefault = isDefault.lastIndexOf(true);
    const kept = lastDefault === group.length - 1 ? lastDefault : lastDefault + 1;
    group.forEach((pair, index) => {
      if (index !== kept) pair.remove();
    });
  }
}

function sortBlocks(parent: XmlElement, byId: ReadonlyMap<string, XmlElement>): void {
  const kinds = [...new Set(parent.elements().map(({ name }) => name))].filter((name) =>
    BLOCK_NAMES.has(name),
  );
  if (kinds.length === 0) return;
  const sorted = kinds.flatMap((kind) =>
    parent
      .all(kind)
      .map((block) => ({ block, rank: rankOf(block, byId) }))
      .sort((a, b) => b.rank - a.rank)
      .map(({ block }) => block),
  );
  const blocks = parent.elements().filter(({ name }) => BLOCK_NAMES.has(name));
  const lastOther = parent.elements().findLastIndex(({ name }) => !BLOCK_NAMES.has(name));
  const isInOrder =
    parent.elements().findIndex(({ name }) => BLOCK_NAMES.has(name)) > lastOther &&
    blocks.every((block, index) => block === sorted[index]);
  if (isInOrder) return;
  for (const block of sorted) parent.append(block);
}

function rankOf(block: XmlElement, byId: ReadonlyMap<string, XmlElement>): number {
  const definition = resolve(block, byId) ?? block;
  if (definition.id === "cib-bootstrap-options") return Number.POSITIVE_INFINITY;
  return parseScore(definition.get("score")).score;
}

function resolve(element: XmlElement, byId: ReadonlyMap<string, XmlElement>): XmlElement | null {
  const reference = element.get("id-ref");
  return reference === null ? element : (byId.get(reference) ?? null);
}

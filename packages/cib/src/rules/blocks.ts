import type { XmlElement } from "@quorate/xml";
import { parseScore } from "../values/score.ts";
import { type RuleContext, textOf } from "./context.ts";
import { rulePasses } from "./rule.ts";

export type BlockName = "instance_attributes" | "meta_attributes" | "utilization" | "cluster_property_set";

/**
 * Reads the blocks of one kind under an element into a table: by score, of equal scores the later block first, never
 * replacing a name that has a value. `#default` takes a value away again.
 * Source: scheduler specification, part 1, 4.1 and 4.2.
 *
 * @param firstId Block that goes before all others, whatever its score.
 */
export function readBlocks(
  table: Map<string, string>,
  parent: XmlElement,
  name: BlockName,
  context: RuleContext,
  firstId: string | null = null,
): void {
  const blocks = sortedBlocks(parent, name, firstId);
  for (const block of blocks) readBlock(table, block, context);
}

function sortedBlocks(parent: XmlElement, name: BlockName, firstId: string | null): readonly XmlElement[] {
  const found: { readonly block: XmlElement; readonly score: number }[] = [];
  for (let index = parent.children.length - 1; index >= 0; index--) {
    const child = parent.children[index];
    if (child?.kind !== "element" || child.name !== name) continue;
    // The reference accepts a block that only refers to another one, but nothing of it takes effect.
    if (textOf(child, "id-ref") !== null) continue;
    const isFirst = firstId !== null && child.id === firstId;
    found.push({
      block: child,
      score: isFirst ? Number.POSITIVE_INFINITY : parseScore(child.get("score")).score,
    });
  }
  if (found.length > 1) found.sort((a, b) => (a.score === b.score ? 0 : b.score - a.score));
  return found.map((entry) => entry.block);
}

function readBlock(table: Map<string, string>, block: XmlElement, context: RuleContext): void {
  const rule = block.first("rule");
  if (rule !== null && !rulePasses(rule, context)) return;
  for (const child of pairsOf(block)) {
    if (child.kind !== "element" || child.name !== "nvpair") continue;
    const reference = textOf(child, "id-ref");
    const pair = reference === null ? child : context.element("nvpair", reference);
    if (pair === null) continue;
    const name = textOf(pair, "name");
    // An empty value is a value: it is handed to agents and enters digests.
    const value = pair.get("value");
    if (name === null || value === null) continue;
    if (value.toLowerCase() === "#default") table.delete(name);
    else if (!table.has(name)) table.set(name, value);
  }
}

/** Old documents wrap the pairs in an `attributes` element. */
function pairsOf(block: XmlElement): XmlElement["children"] {
  for (const child of block.children) {
    if (child.kind === "element") return child.name === "attributes" ? child.children : block.children;
  }
  return block.children;
}

import type { XmlElement } from "@quorate/xml";
import { LIST_WORDS, type WriteContext, writeListContent } from "./attribute-lists.ts";
import { pair } from "./values.ts";

/** The lines of an `operations` element: its own id where it has one, then an `op` line for each operation. */
export function writeOperations(operations: XmlElement, context: WriteContext): string[] | null {
  const reference = operations.get("id-ref");
  if (reference !== null) return [`operations  ${pair("$id-ref", reference)}`];
  const lines = operations.id === null ? [] : [`operations ${pair("$id", operations.id)}`];
  for (const op of operations.elements()) {
    const text = op.name === "op" ? writeOperation(op, context) : null;
    if (text === null) return null;
    lines.push(...text);
  }
  return lines;
}

function writeOperation(op: XmlElement, context: WriteContext): string[] | null {
  const words = [`op ${op.get("name") ?? ""}`];
  if (op.id !== null && context.isReferenced(op.id)) words.push(pair("$id", op.id));
  for (const [name, value] of op.attributes) {
    if (name !== "id" && name !== "name") words.push(pair(name, value));
  }
  const lines = [words.join(" ")];
  for (const list of op.elements()) {
    const content = list.name in LIST_WORDS ? writeListContent(list, context) : null;
    if (content === null) return null;
    lines.push(`op_${LIST_WORDS[list.name]} ${content}`);
  }
  return lines;
}

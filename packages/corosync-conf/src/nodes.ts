import type { KeyValue } from "./build.ts";
import { type CorosyncConf, itemsOf, sectionsOf } from "./document.ts";
import { addSection, ensureSection, setItem } from "./edit.ts";

/** Adds a node at the end of the node list. @throws RangeError as `setItem` */
export function addNode(document: CorosyncConf, items: readonly KeyValue[]): void {
  const node = addSection(ensureSection(document, "nodelist"), "node");
  for (const [key, value] of items) setItem(node, key, value);
}

/** Removes the nodes of a name, wherever they stand. */
export function removeNode(document: CorosyncConf, name: string): void {
  for (const list of sectionsOf(document, "nodelist")) {
    const kept = list.entries.filter(
      (entry) =>
        entry.kind !== "section" ||
        entry.name !== "node" ||
        itemsOf(entry).findLast(({ key }) => key === "name")?.value !== name,
    );
    list.entries.splice(0, list.entries.length, ...kept);
  }
}

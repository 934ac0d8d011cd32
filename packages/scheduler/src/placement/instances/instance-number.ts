import { mergeSort } from "../../model/merge-sort.ts";
import type { Resource } from "../../model/resource.ts";

/** The number of an instance: after the last `:` of its id, or after the last `-`. Source: part 2, 16.3. */
export function instanceNumberOf(instance: Resource): number {
  const colon = instance.id.lastIndexOf(":");
  const start = colon >= 0 ? colon : instance.id.lastIndexOf("-");
  return Number.parseInt(instance.id.slice(start + 1), 10) || 0;
}

export function sortInstancesByNumber(clone: Resource): void {
  replaceChildren(
    clone,
    mergeSort(clone.children, (a, b) => instanceNumberOf(a) - instanceNumberOf(b)),
  );
}

/** The order of the children is part of the model: later stages follow it. */
export function replaceChildren(resource: Resource, children: readonly Resource[]): void {
  resource.children.splice(0, resource.children.length, ...children);
}

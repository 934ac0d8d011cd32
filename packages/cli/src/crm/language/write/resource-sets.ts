import type { XmlElement } from "@quorate/xml";
import { pair } from "./values.ts";

/** Stands before resources that are a set, where without it they would be the two ends of a constraint. */
export const SET_MARK = "_rsc_set_";

/** Attributes of a set that its brackets or suffixes stand for. */
const IMPLIED: ReadonlySet<string> = new Set(["id", "sequential", "require-all", "role", "action"]);

/**
 * The words of resource sets: `A B` one after another, `( A B )` in no order, `[ A B ]` any of them. A role or action stands
 * behind each resource, as in `A:Promoted`. `simpleCount` is the number of resources that the constraint takes without sets.
 */
export function writeResourceSets(
  sets: readonly XmlElement[],
  {
    suffixName,
    simpleCount,
  }: { readonly suffixName: "role" | "action"; readonly simpleCount: number | null },
): string[] {
  const words = sets.flatMap((set) => writeSet(set, suffixName));
  const memberCount = sets.reduce((count, set) => count + set.all("resource_ref").length, 0);
  const isPlain = !words.some((word) => /^[[(]$|=/.test(word));
  return isPlain && memberCount === simpleCount ? [SET_MARK, ...words] : words;
}

function writeSet(set: XmlElement, suffixName: "role" | "action"): string[] {
  const suffix = set.get(suffixName);
  const members = set
    .all("resource_ref")
    .map((reference) => (suffix === null ? reference.id! : `${reference.id}:${suffix}`));
  const sequential = set.get("sequential");
  const isAny = set.get("require-all") === "false";
  const isUnordered = sequential === "false";
  const attributes = [...set.attributes]
    .filter(([name]) => !IMPLIED.has(name))
    .map(([name, value]) => pair(name, value));
  if (isAny) {
    if (!isUnordered) attributes.push("sequential=true");
    return ["[", ...members, ...attributes, "]"];
  }
  return isUnordered ? ["(", ...members, ...attributes, ")"] : [...members, ...attributes];
}

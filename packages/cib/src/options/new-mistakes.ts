import { XmlElement } from "@quorate/xml";
import type { PatchChange, Patchset } from "../patchset/patchset.ts";
import { pathOf, resolvePath } from "../patchset/paths.ts";
import { checkOptions, type OptionProblem } from "./validate-options.ts";

/**
 * The mistakes that a change would bring into a document: values that the type of their option forbids or that do harm, and names of cluster properties
 * and meta-attributes that are nearly those of known ones. What was wrong before, and what nobody knows and tools keep for themselves, is not
 * among them. `cib` is the document before the change. Cost: that of the change.
 */
export function newMistakes(cib: XmlElement, patchset: Patchset): readonly OptionProblem[] {
  return patchset.changes.flatMap((change) => mistakesOf(cib, change)).filter(isMistake);
}

function isMistake(problem: OptionProblem): boolean {
  switch (problem.code) {
    case "wrongValue":
    case "unsafeValue":
      return true;
    case "unknownOption":
      return problem.suggestion !== null;
    case "oldOption":
      return false;
    default:
      return problem satisfies never;
  }
}

/** Judged in a document that holds nothing but the changed element and what leads to it. */
function mistakesOf(cib: XmlElement, change: PatchChange): readonly OptionProblem[] {
  if (!change.path.startsWith("/cib/configuration/")) return [];
  if (change.operation !== "create" && change.operation !== "modify") return [];
  const place = resolvePath(cib, change.path, null);
  if (place === null || place === "ambiguous" || place.kind !== "element") return [];
  if (change.operation === "create") {
    if (change.node.kind !== "element") return [];
    const { root, leaf } = wayTo(place);
    leaf.append(change.node.clone());
    const inside = `${pathOf(leaf)}/`;
    return checkOptions(root).filter(({ path }) => path.startsWith(inside));
  }
  const { root, leaf } = wayTo(place);
  leaf.attributes.clear();
  for (const [name, value] of change.result.attributes) leaf.set(name, value);
  const path = pathOf(leaf);
  const changed = new Set(change.attributes.map(({ name }) => name));
  return checkOptions(root).filter(
    (problem) => problem.path === path && (leaf.name !== "op" || changed.has(problem.name)),
  );
}

/** Copies of an element and those above it, without anything else. */
function wayTo(element: XmlElement): { readonly root: XmlElement; readonly leaf: XmlElement } {
  const leaf = new XmlElement(element.name, element.attributes);
  let root = leaf;
  for (let up = element.parent; up !== null; up = up.parent) {
    const copy = new XmlElement(up.name, up.attributes);
    copy.append(root);
    root = copy;
  }
  return { root, leaf };
}

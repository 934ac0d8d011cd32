import { canonicalXml, XmlElement } from "@quorate/xml";
import { BLOCK_NAMES, below, rename, renameAttribute, replaceElement, sectionOf } from "../elements.ts";
import { updateAclReferences } from "./acl-references.ts";
import { dropResources } from "./dropped-resources.ts";
import { banPingNodes, splitLocations, upgradeLifetimes } from "./locations.ts";
import { upgradeOptions } from "./options.ts";
import { PREFIX_4 } from "./prefix.ts";
import { expandNamedReferences } from "./references-with-names.ts";
import { tidyBlocks } from "./tidy-blocks.ts";

/** Schema 3 to 4. A document that fits the newer schema as it is stays as it is. */
export function upgradeTo4(cib: XmlElement): void {
  const trial = cib.clone();
  convert(trial, { isTidied: false });
  if (canonicalXml(trial) !== canonicalXml(cib)) convert(cib, { isTidied: true });
}

function convert(cib: XmlElement, { isTidied }: { readonly isTidied: boolean }): void {
  const idsBefore = new Set<string>();
  for (const element of below(cib)) if (element.id !== null) idsBefore.add(element.id);
  const gone = dropResources(cib);
  restoreReferred(cib, gone);
  upgradeOptions(cib);
  dropLostPairs(cib, idsBefore);
  expandNamedReferences(cib);
  if (isTidied) tidyBlocks(cib);
  for (const specification of below(cib, "date_spec")) specification.attributes.delete("moon");
  for (const level of below(sectionOf(cib, "fencing-topology"), "fencing-level")) {
    if (Number(level.get("index")) > LEVEL_MAX) level.remove();
  }
  for (const bundle of below(sectionOf(cib, "resources"), "bundle")) {
    for (const container of bundle.elements()) renameAttribute(container, "masters", "promoted-max");
  }
  for (const master of below(sectionOf(cib, "resources"), "master")) becomePromotableClone(master);
  banPingNodes(cib);
  const replaced = splitLocations(cib);
  upgradeLifetimes(cib);
  updateAclReferences(cib, idsBefore, replaced);
}

/** Highest index of a fencing level. */
const LEVEL_MAX = 9;

function becomePromotableClone(master: XmlElement): void {
  rename(master, "clone");
  const id = `${PREFIX_4}promotable-legacy-${master.id ?? ""}-meta_attributes`;
  const block = new XmlElement("meta_attributes", [
    ["id", id],
    ["score", "INFINITY"],
  ]);
  block.append(
    new XmlElement("nvpair", [
      ["id", `${id}-promotable`],
      ["name", "promotable"],
      ["value", "true"],
    ]),
  );
  master.insert(block, 0);
}

/** Definitions that went away with their resource but are used elsewhere move to the first place that uses them. */
function restoreReferred(cib: XmlElement, gone: readonly XmlElement[]): void {
  if (gone.length === 0) return;
  const lost = new Map<string, XmlElement>();
  for (const element of gone.flatMap((each) => [each, ...below(each)])) {
    if (element.id !== null && REFERABLE.has(element.name)) lost.set(element.id, element);
  }
  for (const element of below(cib)) {
    const reference = element.get("id-ref");
    const definition = reference === null ? undefined : lost.get(reference);
    if (reference === null || definition === undefined || definition.name !== element.name) continue;
    replaceElement(element, definition.clone());
    lost.delete(reference);
  }
}

const REFERABLE: ReadonlySet<string> = new Set([
  ...BLOCK_NAMES,
  "nvpair",
  "operations",
  "op",
  "rule",
  "resource_set",
]);

/** References to pairs that have no meaning any more go with them. */
function dropLostPairs(cib: XmlElement, idsBefore: ReadonlySet<string>): void {
  const present = new Set<string>();
  for (const pair of below(cib, "nvpair")) if (pair.id !== null) present.add(pair.id);
  for (const pair of below(cib, "nvpair")) {
    const reference = pair.get("id-ref");
    if (reference !== null && idsBefore.has(reference) && !present.has(reference)) pair.remove();
  }
}

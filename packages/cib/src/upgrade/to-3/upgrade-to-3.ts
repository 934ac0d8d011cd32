import { canonicalXml, type XmlElement } from "@quorate/xml";
import { BLOCK_NAMES, below, replaceElement, sectionOf } from "../elements.ts";
import type { UpgradeLog } from "../upgrade-log.ts";
import { upgradeClusterOptions } from "./cluster-options.ts";
import { upgradeOperations } from "./operations.ts";
import { upgradeDeviceParameters, upgradeResourceAttributes } from "./resource-attributes.ts";

/** Schema 2 to 3. A document that fits the newer schema as it is stays as it is. */
export function upgradeTo3(cib: XmlElement, log: UpgradeLog): void {
  if (!needsUpgrade(cib)) return;
  const blocks = new Map<string, XmlElement>();
  for (const element of below(cib)) {
    if (BLOCK_NAMES.has(element.name) && element.id !== null) blocks.set(element.id, element.clone());
  }
  const resources = sectionOf(cib, "resources");
  upgradeClusterOptions(cib);
  for (const node of sectionOf(cib, "nodes")?.all("node") ?? []) {
    if (node.get("type") === "normal") node.set("type", "member");
  }
  for (const owner of below(resources)) {
    if (owner.name === "primitive" || owner.name === "template") upgradeOperations(owner, log);
  }
  upgradeResourceAttributes(resources);
  for (const colocation of below(sectionOf(cib, "constraints"), "rsc_colocation")) {
    colocation.attributes.delete("score-attribute");
    colocation.attributes.delete("score-attribute-mangle");
  }
  restoreLostBlocks(cib, blocks, log);
}

/** What the older schema allowed for resources that stop no document from fitting the newer one. */
const TOLERATED: ReadonlySet<string> = new Set([
  "resource-failure-stickiness",
  "resource_failure_stickiness",
]);

function needsUpgrade(cib: XmlElement): boolean {
  const trial = cib.clone();
  for (const pair of below(trial, "nvpair")) {
    if (TOLERATED.has(pair.get("name") ?? "") && pair.parent?.name === "meta_attributes") pair.remove();
  }
  const before = canonicalXml(trial);
  upgradeClusterOptions(trial);
  const quiet = { info: () => {}, debug: () => {}, lines: [] } as UpgradeLog;
  for (const owner of below(sectionOf(trial, "resources"))) {
    if (owner.name === "primitive" || owner.name === "template") upgradeOperations(owner, quiet);
  }
  upgradeResourceAttributes(sectionOf(trial, "resources"));
  return (
    canonicalXml(trial) !== before ||
    below(sectionOf(trial, "nodes"), "node").some((node) => node.get("type") === "normal") ||
    below(sectionOf(trial, "constraints"), "rsc_colocation").some(
      (each) => each.attributes.has("score-attribute") || each.attributes.has("score-attribute-mangle"),
    )
  );
}

/** References to blocks that went away: the first becomes the block, under a new id, the others refer to that one. */
function restoreLostBlocks(cib: XmlElement, blocks: ReadonlyMap<string, XmlElement>, log: UpgradeLog): void {
  const present = new Set<string>();
  for (const element of below(cib)) if (element.id !== null) present.add(element.id);
  const restored = new Set<string>();
  for (const element of below(cib)) {
    const reference = element.get("id-ref");
    const lost = reference === null || present.has(reference) ? undefined : blocks.get(reference);
    if (reference === null || lost === undefined || !BLOCK_NAMES.has(element.name)) continue;
    const id = `_cibtr-2_${reference}`;
    log.debug(
      element.name,
      `original element pointed to with @id-ref (${reference}) disappeared during upgrade`,
    );
    if (restored.has(id)) {
      element.set("id-ref", id);
      continue;
    }
    restored.add(id);
    const block = lost.clone();
    block.name = element.name;
    block.set("id", id);
    for (const child of below(block)) {
      if (child.id !== null) child.set("id", `_${id}__${child.id}`);
    }
    replaceElement(element, block);
    if (block.parent?.get("class") === "stonith") upgradeDeviceParameters(block);
  }
}

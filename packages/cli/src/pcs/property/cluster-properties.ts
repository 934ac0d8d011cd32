import { XmlElement } from "@quorate/xml";
import { assignNvpairs, nvpairs } from "../../configuration/nvsets.ts";
import { ensureSection, sectionElements } from "../../configuration/sections.ts";

const SET_ID = "cib-bootstrap-options";
/** Names are cut to this length in ids of properties and defaults. */
export const ID_NAME_LENGTH_MAX = 20;

/** The set of properties that is changed: the first. Null when there is none. */
export function propertySet(cib: XmlElement): XmlElement | null {
  return sectionElements(cib, "crm_config").find(({ name }) => name === "cluster_property_set") ?? null;
}

export function ensurePropertySet(cib: XmlElement): XmlElement {
  const present = propertySet(cib);
  if (present !== null) return present;
  const set = new XmlElement("cluster_property_set", [["id", SET_ID]]);
  ensureSection(cib, "crm_config").append(set);
  return set;
}

/** Properties by name; of several values the one that counts: of the first set that has it. */
export function clusterProperties(cib: XmlElement): Map<string, string> {
  const found = new Map<string, string>();
  for (const set of sectionElements(cib, "crm_config")) {
    for (const [name, value] of nvpairs(set)) if (!found.has(name)) found.set(name, value);
  }
  return found;
}

export function setClusterProperty(cib: XmlElement, name: string, value: string): void {
  assignNvpairs(cib, ensurePropertySet(cib), [[name, value]], ID_NAME_LENGTH_MAX);
}

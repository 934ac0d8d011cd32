import type { ConfigurationSection } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";

/** A section of the configuration; made, as the last one, when it is not there. */
export function ensureSection(cib: XmlElement, name: ConfigurationSection): XmlElement {
  const configuration = ensureChild(cib, "configuration");
  return ensureChild(configuration, name);
}

/** The elements of a section; empty when there is no such section. */
export function sectionElements(cib: XmlElement, name: ConfigurationSection): XmlElement[] {
  return cib.first("configuration")?.first(name)?.elements() ?? [];
}

function ensureChild(parent: XmlElement, name: string): XmlElement {
  const found = parent.first(name);
  if (found !== null) return found;
  const made = new XmlElement(name);
  parent.append(made);
  return made;
}

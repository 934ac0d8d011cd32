import { XmlElement } from "@quorate/xml";

/** Children of `configuration`, in their usual order. */
export const CONFIGURATION_SECTIONS = [
  "crm_config",
  "nodes",
  "resources",
  "constraints",
  "rsc_defaults",
  "op_defaults",
  "fencing-topology",
  "acls",
  "tags",
  "alerts",
] as const;

/** Sections that every configuration has. */
export const REQUIRED_SECTIONS: readonly string[] = CONFIGURATION_SECTIONS.slice(0, 4);

export type ConfigurationSection = (typeof CONFIGURATION_SECTIONS)[number];

const CONFIGURATION_SECTION_SET: ReadonlySet<string> = new Set(CONFIGURATION_SECTIONS);

/**
 * The element names from the root to a section, or null for a name that is no section. No name, `cib` and
 * `all` (in any case) mean the whole document. Source: CIB specification, section 1.
 */
export function sectionPath(section: string | null): readonly string[] | null {
  if (section === null || section === "cib" || section.toLowerCase() === "all") return ["cib"];
  if (section === "configuration" || section === "status") return ["cib", section];
  if (CONFIGURATION_SECTION_SET.has(section)) return ["cib", "configuration", section];
  return null;
}

/** The element of a section; null when the name is no section or the document lacks it. */
export function findSection(cib: XmlElement, section: string | null): XmlElement | null {
  const path = sectionPath(section);
  if (path === null) return null;
  let element: XmlElement | null = cib;
  for (const name of path.slice(1)) element = element?.first(name) ?? null;
  return element;
}

export interface EmptyCibOptions {
  readonly featureSet: string;
  /** Value of `validate-with`, normally the newest stable schema. */
  readonly schema: string;
}

/** A brand new CIB: version 0.0.0, the four required sections and `status`, all empty. */
export function emptyCib(options: EmptyCibOptions): XmlElement {
  const cib = new XmlElement("cib", [
    ["crm_feature_set", options.featureSet],
    ["validate-with", options.schema],
    ["admin_epoch", "0"],
    ["epoch", "0"],
    ["num_updates", "0"],
  ]);
  for (const child of emptyContents()) cib.append(child);
  return cib;
}

/** New, empty `configuration` and `status`, as in a brand new CIB. */
export function emptyContents(): readonly XmlElement[] {
  const configuration = new XmlElement("configuration");
  for (const name of REQUIRED_SECTIONS) configuration.append(new XmlElement(name));
  return [configuration, new XmlElement("status")];
}

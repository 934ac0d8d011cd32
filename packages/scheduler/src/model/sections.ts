import type { XmlElement } from "@quorate/xml";
import { onlyAtPath, onlyDescendant } from "./xml-attribute.ts";

/** The sections of the document that were found exactly once. Source: part 1, 1.4. */
export interface Sections {
  readonly crmConfig: XmlElement | null;
  readonly nodes: XmlElement | null;
  readonly resources: XmlElement | null;
  readonly constraints: XmlElement | null;
  readonly status: XmlElement | null;
  readonly tags: XmlElement | null;
  readonly operationDefaults: XmlElement | null;
  readonly resourceDefaults: XmlElement | null;
}

export function findSections(cib: XmlElement): Sections {
  return {
    crmConfig: onlyDescendant(cib, "crm_config"),
    nodes: onlyDescendant(cib, "nodes"),
    resources: onlyAtPath(cib, ["configuration", "resources"]),
    constraints: onlyAtPath(cib, ["configuration", "constraints"]),
    status: onlyDescendant(cib, "status"),
    tags: onlyDescendant(cib, "tags"),
    operationDefaults: onlyDescendant(cib, "op_defaults"),
    resourceDefaults: onlyDescendant(cib, "rsc_defaults"),
  };
}

import type { XmlElement } from "@quorate/xml";
import { onlyAtPath, onlyDescendants } from "./xml-attribute.ts";

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
  const only = onlyDescendants(cib, ["crm_config", "nodes", "status", "tags", "op_defaults", "rsc_defaults"]);
  return {
    crmConfig: only.crm_config,
    nodes: only.nodes,
    resources: onlyAtPath(cib, ["configuration", "resources"]),
    constraints: onlyAtPath(cib, ["configuration", "constraints"]),
    status: only.status,
    tags: only.tags,
    operationDefaults: only.op_defaults,
    resourceDefaults: only.rsc_defaults,
  };
}

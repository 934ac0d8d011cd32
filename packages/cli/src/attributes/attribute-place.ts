import { XmlElement } from "@quorate/xml";

export type Scope = "crm_config" | "rsc_defaults" | "op_defaults" | "nodes" | "status" | "tickets";

/** Where in the CIB an attribute stands: the section, and the elements from there down to its nvpair. */
export interface AttributePlace {
  readonly scope: Scope;
  /** CIB section that operations name. */
  readonly section: string;
  /** Id of the set that a new attribute goes into. */
  readonly setId: string;
  /** Name of the element that holds nvpairs. */
  readonly setElement: string;
  /** Sets that may hold the attribute, in document order. */
  sets(document: XmlElement): readonly XmlElement[];
  /** The input of a modify operation: the path from the section's child down to the nvpair. */
  wrap(setId: string, nvpair: XmlElement): XmlElement;
}

export interface PlaceRequest {
  readonly scope: Scope;
  readonly nodeId: string | null;
  readonly nodeName: string | null;
  /** Its entry, if there is none yet, must not make it a member of the cluster. */
  readonly isRemote: boolean;
  readonly isUtilization: boolean;
  readonly setName: string | null;
}

/** Source: attribute manager specification, 6 (ids) and 12. */
export function placeFor({
  scope,
  nodeId,
  nodeName,
  isRemote,
  isUtilization,
  setName,
}: PlaceRequest): AttributePlace {
  const setElement = isUtilization ? "utilization" : "instance_attributes";
  switch (scope) {
    case "nodes": {
      const isNode = (element: XmlElement) => element.name === "node" && element.id === nodeId;
      return {
        scope,
        section: "nodes",
        setElement,
        setId: setName ?? xmlIdOf(`nodes-${nodeId}${isUtilization ? "-utilization" : ""}`),
        sets: (document) => childSets(sectionOf(document, "nodes")?.elements().find(isNode), setElement),
        wrap: (setId, nvpair) =>
          nest(
            [
              [
                "node",
                isRemote
                  ? [
                      ["id", nodeId!],
                      ["uname", nodeName!],
                      ["type", "remote"],
                    ]
                  : [["id", nodeId!]],
              ],
              [setElement, [["id", setId]]],
            ],
            nvpair,
          ),
      };
    }
    case "status": {
      const isState = (element: XmlElement) => element.name === "node_state" && element.id === nodeId;
      const holder = (document: XmlElement) =>
        document.first("status")?.elements().find(isState)?.first("transient_attributes") ?? undefined;
      return {
        scope,
        section: "status",
        setElement,
        setId: setName ?? xmlIdOf(`status-${nodeId}`),
        sets: (document) => childSets(holder(document), setElement),
        wrap: (setId, nvpair) =>
          nest(
            [
              [
                "node_state",
                [
                  ["id", nodeId!],
                  ["uname", nodeName!],
                ],
              ],
              ["transient_attributes", [["id", nodeId!]]],
              [setElement, [["id", setId]]],
            ],
            nvpair,
          ),
      };
    }
    case "crm_config":
      return plainPlace(scope, "crm_config", "cluster_property_set", setName ?? "cib-bootstrap-options");
    case "rsc_defaults":
      return plainPlace(scope, "rsc_defaults", "meta_attributes", setName ?? "rsc_defaults-options");
    case "op_defaults":
      return plainPlace(scope, "op_defaults", "meta_attributes", setName ?? "op_defaults-options");
    case "tickets":
      return {
        scope,
        section: "status",
        setElement: "tickets",
        setId: "",
        sets: () => [],
        wrap: (_, nvpair) => nvpair,
      };
  }
}

function plainPlace(scope: Scope, section: string, setElement: string, setId: string): AttributePlace {
  return {
    scope,
    section,
    setElement,
    setId,
    sets: (document) => childSets(sectionOf(document, section) ?? undefined, setElement),
    wrap: (id, nvpair) => nest([[setElement, [["id", id]]]], nvpair),
  };
}

export interface AttributeFilter {
  readonly name: string | null;
  readonly pattern: RegExp | null;
  readonly id: string | null;
  readonly setName: string | null;
}

/** The nvpairs that a filter means, in document order. */
export function findAttributes(
  document: XmlElement,
  place: AttributePlace,
  filter: AttributeFilter,
): XmlElement[] {
  const found: XmlElement[] = [];
  for (const set of place.sets(document)) {
    if (filter.setName !== null && set.id !== filter.setName) continue;
    for (const nvpair of set.all("nvpair")) {
      const name = nvpair.get("name") ?? "";
      const isMeant =
        (filter.id === null || nvpair.id === filter.id) &&
        (filter.name === null || name === filter.name) &&
        (filter.pattern === null || filter.pattern.test(name));
      if (isMeant) found.push(nvpair);
    }
  }
  return found;
}

/** Characters that an XML id may not hold become dots. */
export function xmlIdOf(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/g, ".");
}

function sectionOf(document: XmlElement, name: string): XmlElement | null {
  return document.first("configuration")?.first(name) ?? null;
}

function childSets(holder: XmlElement | undefined, setElement: string): readonly XmlElement[] {
  return holder?.all(setElement) ?? [];
}

function nest(path: readonly (readonly [string, [string, string][]])[], leaf: XmlElement): XmlElement {
  return path.reduceRight((child, [name, attributes]) => {
    const element = new XmlElement(name, attributes);
    element.append(child);
    return element;
  }, leaf);
}

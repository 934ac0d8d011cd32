import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { Role } from "../model/role.ts";
import { unpackCluster } from "../model/unpack.ts";
import { renderResourceList } from "../render/resource-list.ts";
import { SIMULATE_STATUS } from "../render/status-options.ts";
import { TextReport } from "../render/text-report.ts";

/** A resource as administrators' tools see it: what it is and where it runs. */
export interface ResourceView {
  /** With instance number for the instances of clones. */
  readonly id: string;
  readonly configuredId: string;
  readonly kind: "primitive" | "group" | "clone" | "bundle";
  readonly isInstance: boolean;
  /** Id of the outermost resource around it; its own id at the top. */
  readonly topId: string;
  readonly isPromotable: boolean;
  readonly promotedMax: number;
  /** Primitives only. */
  readonly agent: { readonly class: string; readonly provider: string; readonly type: string } | null;
  /** Where it is active, for collectives where any part is; each node once. */
  readonly active: readonly { readonly node: string; readonly isPromoted: boolean }[];
  /** The effective configuration: templates merged in. */
  readonly xml: XmlElement;
}

/** What a CIB says of resources and nodes at one instant. */
export interface ClusterView {
  /** By id, with or without instance number (the first instance then). */
  resource(id: string): ResourceView | null;
  /** All primitives that exist, instances included, in order. */
  readonly primitives: readonly ResourceView[];
  readonly nodeNames: readonly string[];
  /** Instance parameters of a primitive, rules evaluated for a node. */
  parameters(id: string, nodeName: string): ReadonlyMap<string, string>;
  /** The section `Full List of Resources`. */
  readonly listText: string;
}

/**
 * Reads a CIB for tools that ask where things run.
 * @param nowS epoch seconds
 */
export function viewCluster(cib: XmlElement, nowS: number): ClusterView {
  const cluster = unpackCluster(cib, { nowS });
  const primitives: ResourceView[] = [];
  for (const resource of cluster.resources) collectPrimitives(resource, primitives);
  return {
    resource: (id) => {
      const found = cluster.lookup.resourceById(id) ?? cluster.lookup.resource(id);
      return found === null ? null : viewOf(found);
    },
    primitives,
    nodeNames: cluster.nodes.map((node) => node.name),
    parameters: (id, nodeName) => {
      const resource = cluster.lookup.resourceById(id) ?? cluster.lookup.resource(id);
      return resource === null
        ? new Map()
        : parametersOf(cluster, resource, cluster.lookup.nodeByName(nodeName));
    },
    get listText() {
      return listText(cluster);
    },
  };
}

function listText(cluster: Cluster): string {
  let text = "";
  const append = (piece: string) => {
    text += piece;
  };
  const report = new TextReport({ out: append, error: append }, { isFancy: true, isQuiet: false });
  renderResourceList(report, cluster, SIMULATE_STATUS, false);
  return text;
}

function collectPrimitives(resource: Resource, into: ResourceView[]): void {
  if (resource.variant === Variant.Primitive) {
    if (!hasFlags(resource, ResourceFlag.Removed) || resource.activeNodes.length > 0)
      into.push(viewOf(resource));
    return;
  }
  for (const child of resource.children) collectPrimitives(child, into);
}

const KINDS = ["primitive", "group", "clone", "bundle"] as const;

function viewOf(resource: Resource): ResourceView {
  const active = new Map<string, boolean>();
  collectActive(resource, active);
  let top = resource;
  while (top.parent !== null) top = top.parent;
  return {
    id: resource.id,
    configuredId: resource.configuredId,
    kind: KINDS[resource.variant],
    isInstance: resource.instanceNumber !== null,
    topId: top.id,
    isPromotable: hasFlags(top, ResourceFlag.Promotable),
    promotedMax: top.clone?.promotedMax ?? 0,
    agent:
      resource.primitive === null
        ? null
        : { ...resource.primitive, provider: resource.primitive.provider ?? "" },
    active: [...active].map(([node, isPromoted]) => ({ node, isPromoted })),
    xml: resource.xml,
  };
}

function collectActive(resource: Resource, into: Map<string, boolean>): void {
  if (resource.variant === Variant.Primitive) {
    for (const node of resource.activeNodes) {
      into.set(node.name, (into.get(node.name) ?? false) || resource.role === Role.Promoted);
    }
  }
  for (const child of resource.children) collectActive(child, into);
}

import type { XmlElement } from "@quorate/xml";
import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { Role } from "../model/role.ts";
import { unpackCluster } from "../model/unpack.ts";
import { readConstraints } from "../placement/placement.ts";
import { renderResource, renderResourceList } from "../render/resource-list.ts";
import { SIMULATE_STATUS } from "../render/status-options.ts";
import { resourceElement, resourcesElement } from "../render/status-xml.ts";
import { TextReport } from "../render/text-report.ts";
import { type ConstraintView, colocationsOf, viewConstraints } from "./constraint-view.ts";
import { viewDigests } from "./digest-view.ts";
import {
  type HistoryDigests,
  type UnfencingDigests,
  viewHistoryDigests,
  viewUnfencingDigests,
} from "./history-digests.ts";
import { type OperationQuery, type OperationView, viewOperations } from "./operation-view.ts";
import { type ReasonView, viewReasons } from "./reason-view.ts";

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
  /** Ids of the primitives in it (itself if it is one) that the cluster may not stop or start, each once. */
  readonly unmanaged: readonly string[];
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
  /** The same for XML results. */
  readonly listElement: XmlElement;
  /** One resource as XML results list it. */
  element(id: string): XmlElement | null;
  /** One resource as it is listed in text. */
  lineText(id: string): string;
  /** What is effective of the options of a resource on a node (null: on any). */
  options(
    id: string,
    kind: "meta" | "utilization" | "instance",
    nodeName: string | null,
  ): ReadonlyMap<string, string>;
  constraints(
    id: string,
    scope: { readonly isRecursive: boolean; readonly isItself: boolean },
  ): ConstraintView;
  /** Ids of the resources that go where this one is, and where those are, each once, nearest first. */
  dependents(id: string): readonly string[];
  operations(query: OperationQuery): readonly OperationView[];
  /** Null when there is no such resource or node. */
  digests(
    id: string,
    nodeName: string,
    overrides: ReadonlyMap<string, string>,
  ): ReturnType<typeof viewDigests> | null;
  /** Of the results in the history of a primitive; empty for what is none. */
  historyDigests(id: string): readonly HistoryDigests[];
  /** Of a fence device on each node; empty for what is none. */
  unfencingDigests(id: string): readonly UnfencingDigests[];
  reasons(id: string, nodeName: string | null): ReasonView | null;
}

/**
 * Reads a CIB for tools that ask where things run.
 * @param nowS epoch seconds
 */
export function viewCluster(cib: XmlElement, nowS: number): ClusterView {
  const cluster = unpackCluster(cib, { nowS });
  const primitives: ResourceView[] = [];
  for (const resource of cluster.resources) collectPrimitives(resource, primitives);
  const find = (id: string): Resource | null =>
    cluster.lookup.resourceById(id) ??
    cluster.lookup.resource(id) ??
    cluster.resourcesByIndex.find(({ configuredId }) => configuredId === id) ??
    null;
  let hasConstraints = false;
  const constrained = (): Cluster => {
    if (!hasConstraints) readConstraints(cluster);
    hasConstraints = true;
    return cluster;
  };
  return {
    resource: (id) => {
      const found = find(id);
      return found === null ? null : viewOf(found, id.includes(":"));
    },
    primitives,
    nodeNames: cluster.nodes.map((node) => node.name),
    parameters: (id, nodeName) => {
      const resource = find(id);
      return resource === null
        ? new Map()
        : parametersOf(cluster, resource, cluster.lookup.nodeByName(nodeName));
    },
    options: (id, kind, nodeName) => {
      const resource = find(id);
      if (resource === null) return new Map();
      if (kind === "meta") return resource.meta;
      if (kind === "utilization") return resource.utilization;
      return parametersOf(cluster, resource, nodeName === null ? null : cluster.lookup.nodeByName(nodeName));
    },
    get listText() {
      return listText(cluster);
    },
    get listElement() {
      return resourcesElement(cluster, SIMULATE_STATUS);
    },
    element: (id) => {
      const resource = find(id);
      return resource === null ? null : resourceElement(resource, SIMULATE_STATUS);
    },
    lineText: (id) => {
      const resource = find(id);
      return resource === null ? "" : resourceText(cluster, resource);
    },
    constraints: (id, scope) => viewConstraints(constrained(), find(id)!, scope),
    dependents: (id) => dependentsOf(constrained(), find(id)!),
    operations: (query) => viewOperations(cluster, query),
    digests: (id, nodeName, overrides) => {
      const resource = find(id);
      const node = cluster.lookup.nodeByName(nodeName);
      return resource === null || node === null ? null : viewDigests(cluster, resource, node, overrides);
    },
    historyDigests: (id) => {
      const resource = find(id);
      return resource === null ? [] : viewHistoryDigests(cluster, resource);
    },
    unfencingDigests: (id) => {
      const resource = find(id);
      return resource === null ? [] : viewUnfencingDigests(cluster, resource);
    },
    reasons: (id, nodeName) => {
      const resource = find(id);
      const node = nodeName === null ? null : cluster.lookup.nodeByName(nodeName);
      return resource === null ? null : viewReasons(cluster, resource, node);
    },
  };
}

function dependentsOf(cluster: Cluster, resource: Resource): string[] {
  const found = new Set<Resource>();
  const collect = (of: Resource) => {
    for (const { dependent, score } of colocationsOf(cluster, of, "dependents")) {
      if (score <= 0 || dependent === resource || found.has(dependent)) continue;
      found.add(dependent);
      collect(dependent);
    }
  };
  collect(resource);
  return [...found].map(({ id }) => id);
}

function resourceText(cluster: Cluster, resource: Resource): string {
  let text = "";
  const append = (piece: string) => {
    text += piece;
  };
  const report = new TextReport({ out: append, error: append }, { isFancy: false, isQuiet: false });
  renderResource(report, cluster, resource, { ...SIMULATE_STATUS, showsImplicit: true });
  return text;
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

/** Unless one instance is meant, a part of an anonymous clone is active wherever any instance is. */
function viewOf(resource: Resource, isInstanceMeant = true): ResourceView {
  const active = new Map<string, boolean>();
  const isAnyInstance =
    !isInstanceMeant && resource.instanceNumber !== null && !hasFlags(resource, ResourceFlag.Unique);
  if (isAnyInstance) {
    for (const instance of topOf(resource).children) {
      for (const part of partsNamed(instance, resource.configuredId)) collectActive(part, active);
    }
  } else collectActive(resource, active);
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
    active: [...active]
      .map(([node, isPromoted]) => ({ node, isPromoted }))
      .sort((left, right) => (left.node < right.node ? -1 : 1)),
    unmanaged: [
      ...new Set(
        primitivesIn(resource)
          .filter(isLeftAlone)
          .map(({ configuredId }) => configuredId),
      ),
    ],
    xml: resource.xml,
  };
}

function primitivesIn(resource: Resource): Resource[] {
  return resource.variant === Variant.Primitive ? [resource] : resource.children.flatMap(primitivesIn);
}

function isLeftAlone(resource: Resource): boolean {
  return !hasFlags(resource, ResourceFlag.Managed) || hasFlags(resource, ResourceFlag.Blocked);
}

function partsNamed(resource: Resource, configuredId: string): Resource[] {
  if (resource.configuredId === configuredId) return [resource];
  return resource.children.flatMap((child) => partsNamed(child, configuredId));
}

function collectActive(resource: Resource, into: Map<string, boolean>): void {
  if (resource.variant === Variant.Primitive) {
    for (const node of resource.activeNodes) {
      into.set(node.name, (into.get(node.name) ?? false) || resource.role === Role.Promoted);
    }
  }
  for (const child of resource.children) collectActive(child, into);
}

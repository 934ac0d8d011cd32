import type { XmlElement } from "@quorate/xml";
import { topWithBundle } from "./ancestry.ts";
import type { ClusterLookup } from "./cluster.ts";
import type { ClusterNode } from "./node.ts";
import { compareNodeNames } from "./node-order.ts";
import type { Resource } from "./resource.ts";

/** Indexes of a run: every look-up by name is one map access. Source: part 1, B. */
export class LookupIndex implements ClusterLookup {
  readonly #cib: XmlElement;
  /** `name id` -> element, or "several". Built when it is first asked for. */
  #elements: Map<string, XmlElement | "several"> | null = null;
  readonly #nodesByName = new Map<string, ClusterNode>();
  readonly #nodesById = new Map<string, ClusterNode>();
  readonly #resourcesById = new Map<string, Resource>();
  readonly #resourcesByName = new Map<string, NameEntry>();
  /** Position in the top-level list, once that is sorted; until then, the order of creation is the order. */
  #positions: Map<Resource, number> | null = null;

  constructor(cib: XmlElement) {
    this.#cib = cib;
  }

  element(name: string, id: string): XmlElement | null {
    if (this.#elements === null) {
      this.#elements = new Map();
      for (const element of this.#cib.descendants()) {
        if (element.id === null) continue;
        const key = elementKey(element.name, element.id);
        this.#elements.set(key, this.#elements.has(key) ? "several" : element);
      }
    }
    const found = this.#elements.get(elementKey(name, id));
    return found === undefined || found === "several" ? null : found;
  }

  nodeByName(name: string): ClusterNode | null {
    return this.#nodesByName.get(name.toLowerCase()) ?? null;
  }

  nodeById(id: string): ClusterNode | null {
    return this.#nodesById.get(id.toLowerCase()) ?? null;
  }

  /** The first in list order wins; of equal names the one that was added last is first in the list. */
  addNode(node: ClusterNode): void {
    this.#nodesByName.set(node.name.toLowerCase(), node);
    const id = node.id.toLowerCase();
    const other = this.#nodesById.get(id);
    if (other === undefined || compareNodeNames(node.name, other.name) <= 0) this.#nodesById.set(id, node);
  }

  resourceById(id: string): Resource | null {
    return this.#resourcesById.get(id) ?? null;
  }

  resource(idOrHistoryName: string): Resource | null {
    const entry = this.#resourcesByName.get(idOrHistoryName);
    if (entry === undefined) return null;
    if (entry.first === null) {
      for (const candidate of entry.candidates) {
        if (entry.first === null || this.#isBefore(candidate, entry.first)) entry.first = candidate;
      }
    }
    return entry.first;
  }

  addResource(resource: Resource): void {
    if (!this.#resourcesById.has(resource.id)) this.#resourcesById.set(resource.id, resource);
    this.#addName(resource.id, resource);
  }

  /** Takes back a resource that turned out to be invalid. */
  removeResource(resource: Resource): void {
    if (this.#resourcesById.get(resource.id) === resource) this.#resourcesById.delete(resource.id);
    this.#removeName(resource.id, resource);
  }

  setHistoryName(resource: Resource, name: string | null): void {
    const old = resource.historyName;
    if (old === name) return;
    if (old !== null && old !== resource.id) this.#removeName(old, resource);
    resource.historyName = name;
    if (name !== null && name !== resource.id) this.#addName(name, resource);
  }

  /** Tells the final order of the top-level list, in which "the first" is meant from now on. */
  setResourceOrder(resources: readonly Resource[]): void {
    this.#positions = new Map();
    for (const [position, resource] of resources.entries()) this.#positions.set(resource, position);
    for (const entry of this.#resourcesByName.values()) entry.first = null;
  }

  /** A resource was appended to the top-level list. */
  appendToOrder(resource: Resource): void {
    this.#positions?.set(resource, this.#positions.size);
  }

  #addName(name: string, resource: Resource): void {
    const entry = this.#resourcesByName.get(name);
    if (entry === undefined) {
      this.#resourcesByName.set(name, { candidates: [resource], first: resource });
      return;
    }
    entry.candidates.push(resource);
    if (entry.first !== null && this.#isBefore(resource, entry.first)) entry.first = resource;
  }

  #removeName(name: string, resource: Resource): void {
    const entry = this.#resourcesByName.get(name);
    if (entry === undefined) return;
    const index = entry.candidates.indexOf(resource);
    if (index >= 0) entry.candidates.splice(index, 1);
    if (entry.candidates.length === 0) this.#resourcesByName.delete(name);
    else entry.first = null;
  }

  /** Depth-first order of the top-level list: inside one tree that is the order of creation. */
  #isBefore(a: Resource, b: Resource): boolean {
    const topA = topWithBundle(a);
    const topB = topWithBundle(b);
    if (topA === topB) return a.index < b.index;
    if (this.#positions === null) return topA.index < topB.index;
    const positionA = this.#positions.get(topA) ?? Number.MAX_SAFE_INTEGER;
    const positionB = this.#positions.get(topB) ?? Number.MAX_SAFE_INTEGER;
    return positionA === positionB ? topA.index < topB.index : positionA < positionB;
  }
}

interface NameEntry {
  readonly candidates: Resource[];
  /** Null: to be found again. */
  first: Resource | null;
}

function elementKey(name: string, id: string): string {
  return `${name} ${id}`;
}

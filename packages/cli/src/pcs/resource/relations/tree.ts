import type { XmlElement } from "@quorate/xml";
import { findResource, innerResources, outerResource } from "../../../configuration/resources.ts";
import { sectionElements } from "../../../configuration/sections.ts";

/** A resource in the tree, with what relates it to others. */
export interface RelatedResource {
  readonly id: string;
  /** Null: what is called so is no resource (but a tag or a template). */
  readonly element: XmlElement | null;
  readonly relations: readonly Relation[];
  /** It stands in another place of the tree too, where its relations are. */
  readonly isElsewhere: boolean;
}

export type RelationKind = "inner" | "outer" | "order" | "order set";

export interface Relation {
  readonly kind: RelationKind;
  /** The constraint; of `inner` and `outer` the resource that contains. */
  readonly element: XmlElement;
  readonly members: readonly RelatedResource[];
  readonly isElsewhere: boolean;
}

interface Found {
  readonly kind: RelationKind;
  readonly element: XmlElement;
  readonly memberIds: readonly string[];
}

interface Node extends RelatedResource {
  readonly relations: Relation[];
  /** Keys of what is above it, itself included. */
  readonly path: ReadonlySet<string>;
  readonly cameBy: RelationKind | null;
}

/** In which order relations are shown. */
const SHOWN: readonly RelationKind[] = ["inner", "outer", "order", "order set"];

/**
 * All that a resource has to do with: what it is in, what is in it, what starts or stops before and after it, and so on from there. The
 * search goes in breadth, so that everything stands as near to the resource as it can; in other places it is only named.
 */
export function relationTree(cib: XmlElement, resource: XmlElement): RelatedResource {
  const orders = sectionElements(cib, "constraints").filter(({ name }) => name === "rsc_order");
  const seen = new Set<string>();
  const waiting: Node[] = [];
  /** Whether this is the first time. */
  const notice = (key: string): boolean => {
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  };
  const reach = (id: string, above: ReadonlySet<string>, cameBy: RelationKind | null): Node => {
    const key = `resource ${id}`;
    const isElsewhere = !notice(key);
    const path = new Set([...above, key]);
    const node: Node = { id, element: findResource(cib, id), relations: [], path, cameBy, isElsewhere };
    if (!isElsewhere) waiting.push(node);
    return node;
  };
  const root = reach(resource.id!, new Set(), null);
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    const { path, element, relations, cameBy } = node;
    for (const found of element === null ? [] : relationsOf(element, orders)) {
      const key = `${found.kind} ${found.element.id}`;
      if (path.has(key)) continue;
      const memberIds = found.memberIds.filter((id) => !path.has(`resource ${id}`));
      if (isWayBack(found, cameBy, memberIds)) continue;
      const isElsewhere = !notice(key);
      const members = isElsewhere
        ? []
        : memberIds.map((id) => reach(id, new Set([...path, key]), found.kind));
      relations.push({ ...found, members: members.sort(byId), isElsewhere });
    }
    relations.sort(
      (left, right) =>
        SHOWN.indexOf(left.kind) - SHOWN.indexOf(right.kind) || byId(left.element, right.element),
    );
  }
  return root;
}

/** It would only lead back to where the search came from: what contains this resource, or nothing but what is contained. */
function isWayBack({ kind }: Found, cameBy: RelationKind | null, memberIds: readonly string[]): boolean {
  if (kind === "outer") return cameBy === "inner";
  return kind === "inner" && cameBy === "outer" && memberIds.length === 0;
}

/** In the order in which they are followed. */
function relationsOf(resource: XmlElement, orders: readonly XmlElement[]): Found[] {
  const id = resource.id!;
  const found: Found[] = [];
  for (const element of orders) {
    const memberIds = ["first", "then"].map((side) => element.get(side) ?? "");
    if (memberIds.includes(id)) found.push({ kind: "order", element, memberIds: [...new Set(memberIds)] });
  }
  for (const element of orders) {
    const memberIds = [...element.descendants("resource_ref")].map((member) => member.id ?? "");
    if (memberIds.includes(id)) {
      found.push({ kind: "order set", element, memberIds: [...new Set(memberIds)].sort() });
    }
  }
  const memberIds = innerResources(resource).map((inner) => inner.id ?? "");
  if (resource.name !== "primitive") found.push({ kind: "inner", element: resource, memberIds });
  const outer = outerResource(resource);
  if (outer !== null) found.push({ kind: "outer", element: outer, memberIds: [outer.id!] });
  return found;
}

function byId(left: { readonly id: string | null }, right: { readonly id: string | null }): number {
  return (left.id ?? "") < (right.id ?? "") ? -1 : 1;
}

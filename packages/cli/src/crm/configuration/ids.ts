import type { XmlElement } from "@quorate/xml";
import { isSamePart } from "../language/same-meaning.ts";

/** Elements whose `id` names something else. */
const REFERENCES: ReadonlySet<string> = new Set(["resource_ref", "obj_ref", "role"]);

/** Lists of attributes, which are named after what they belong to. */
const LISTS: ReadonlySet<string> = new Set(["instance_attributes", "meta_attributes", "utilization"]);

/** Ids that are in use, and new ones that are not. */
export class IdSource {
  readonly #taken = new Set<string>();
  /** Not in use any more, but too fresh to mean something else. */
  readonly #retired = new Set<string>();

  constructor(configuration: XmlElement) {
    for (const element of configuration.descendants()) this.#note(element);
  }

  has(id: string): boolean {
    return this.#taken.has(id);
  }

  /** The id itself when it is free, else with the first free number behind it. */
  unique(base: string): string {
    return this.#isFree(base) ? this.#take(base) : this.numbered(base, 0);
  }

  /** Keeps the ids of what was replaced from being given to something new; what stays the same may have its own again. */
  retire(elements: Iterable<XmlElement>): void {
    for (const { id } of elements) if (id !== null) this.#retired.add(id);
  }

  /** The id with the first free number behind it, from `first` on. */
  numbered(base: string, first: number): string {
    let number = first;
    while (!this.#isFree(`${base}-${number}`)) number++;
    return this.#take(`${base}-${number}`);
  }

  /** Gives the ids of an element and of what is in it free. */
  release(element: XmlElement): void {
    for (const part of [element, ...element.descendants()]) {
      if (part.id !== null && !REFERENCES.has(part.name)) this.#taken.delete(part.id);
    }
  }

  keep(element: XmlElement): void {
    this.#note(element);
  }

  #note(element: XmlElement): void {
    if (element.id !== null && !REFERENCES.has(element.name)) this.#taken.add(element.id);
  }

  #isFree(id: string): boolean {
    return !this.#taken.has(id) && !this.#retired.has(id);
  }

  #take(id: string): string {
    this.#taken.add(id);
    return id;
  }
}

/**
 * Gives an id to every part of an object that needs one and has none. A part that says the same as one of `old`, the object's former self,
 * keeps that one's id; a list of attributes keeps its id and those of its values, whatever they say now.
 */
export function assignIds(object: XmlElement, owner: string, ids: IdSource, old: XmlElement | null): void {
  for (const part of object.elements()) assign(part, owner, ids, old);
}

function assign(part: XmlElement, owner: string, ids: IdSource, oldParent: XmlElement | null): void {
  if (REFERENCES.has(part.name) || (part.get("id-ref") !== null && part.name !== "nvpair")) return;
  const old = oldParent === null ? null : formerSelf(part, oldParent);
  if (part.id === null && needsId(part)) {
    if (old?.id != null && !ids.has(old.id)) part.set("id", old.id);
    else part.set("id", newId(part, owner, ids));
  }
  if (part.id !== null) ids.keep(part);
  const isInner = part.name === "select" || part.name.startsWith("select_");
  for (const child of part.elements()) assign(child, isInner ? owner : (part.id ?? owner), ids, old);
}

function needsId({ name, attributes }: XmlElement): boolean {
  if (name === "nvpair" && attributes.has("id-ref")) return false;
  return (
    LISTS.has(name) ||
    /^(nvpair|rule|expression|date_expression|date_spec|duration|op|resource_set|acl_permission|recipient|attribute|fencing-level|port-mapping|storage-mapping)$/.test(
      name,
    )
  );
}

function newId(part: XmlElement, owner: string, ids: IdSource): string {
  switch (part.name) {
    case "nvpair":
      return ids.unique(`${owner}-${part.get("name")}`);
    case "expression":
    case "date_expression":
      return ids.unique(`${owner}-expression`);
    case "op":
      return ids.unique(`${owner}-${part.get("name")}-${part.get("interval")}`);
    case "resource_set":
    case "acl_permission":
    case "attribute":
    case "port-mapping":
    case "storage-mapping":
      return ids.numbered(owner, 0);
    case "recipient":
      return ids.numbered(`${owner}-recipient`, 1);
    case "fencing-level":
      return ids.unique("fencing");
    default:
      return ids.unique(`${owner}-${part.name}`);
  }
}

/** The part of the former object whose id this part takes over. */
function formerSelf(part: XmlElement, oldParent: XmlElement): XmlElement | null {
  const candidates = oldParent.all(part.name);
  if (part.name === "nvpair") return candidates.find((old) => old.get("name") === part.get("name")) ?? null;
  if (LISTS.has(part.name) || part.name === "operations") {
    const index = part.parent?.all(part.name).indexOf(part) ?? 0;
    return candidates[index] ?? null;
  }
  return candidates.find((old) => isSamePart(part, old)) ?? null;
}

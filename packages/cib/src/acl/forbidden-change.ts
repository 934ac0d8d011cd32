import type { XmlElement, XmlNode } from "@quorate/xml";
import type { Draft, Past } from "../draft.ts";
import { matchChildren } from "../patchset/match-children.ts";
import { stepTo } from "../patchset/paths.ts";
import { type Access, AccessView } from "./access.ts";
import type { AclPermission } from "./permissions.ts";

/**
 * What the CIB itself writes at every change: whoever may change anything at all cannot choose these, and need not be
 * allowed to.
 */
export const OWN_ATTRIBUTES: readonly string[] = [
  "epoch",
  "num_updates",
  "cib-last-written",
  "update-origin",
  "update-client",
  "update-user",
];

const IGNORED: ReadonlySet<string> = new Set(OWN_ATTRIBUTES);

/**
 * The path of the first change in a draft that the rules forbid; null when they allow all of it. What is changed or
 * deleted is judged by what the rules said about the document before, what is created by what they say about it after.
 *
 * Deleting an element takes the right to write everything in it: a rule that protects a part protects it
 * against the deletion of the whole, too. An element with nothing but an id may be created by anybody, as the way to what
 * may be created in it, but not among the access rules. Source: CIB specification, section 10.
 */
export function forbiddenChange(
  draft: Draft,
  before: AccessView,
  permissions: readonly AclPermission[],
): string | null {
  const walk = new ChangeWalk(draft.past(), before, new AccessView(draft.root, permissions));
  return walk.compare(draft.originalRoot, draft.root, {
    path: stepTo(draft.root.name, null),
    before: "denied",
    after: "denied",
    isInAcls: false,
  });
}

interface Place {
  readonly path: string;
  /** Access to the parent, before and after. */
  readonly before: Access;
  readonly after: Access;
  readonly isInAcls: boolean;
}

class ChangeWalk {
  readonly #past: Past;
  readonly #before: AccessView;
  readonly #after: AccessView;

  constructor(past: Past, before: AccessView, after: AccessView) {
    this.#past = past;
    this.#before = before;
    this.#after = after;
  }

  compare(source: XmlElement, target: XmlElement, place: Place): string | null {
    if (source === target && this.#past.isUntouched(target)) return null;
    const before = this.#before.access(source, place.before);
    const after = this.#after.access(target, place.after);
    const isWritable = before === "writable";
    if (!isWritable && this.#attributesDiffer(source, target)) return place.path;
    const isInAcls = place.isInAcls || target.name === "acls";
    const { newOf, oldOf, moved } = matchChildren(source, target, this.#past);
    for (const child of this.#past.children(source)) {
      if (newOf.has(child) || child.kind === "text") continue;
      if (!this.#isDeletable(child, before)) return this.#pathOf(place.path, child);
    }
    for (const child of target.children) {
      const old = oldOf.get(child);
      const path = this.#pathOf(place.path, child);
      if (child.kind !== "element") {
        if (child.kind === "comment" && old === undefined && after !== "writable") return path;
        continue;
      }
      if (old?.kind !== "element") {
        const forbidden = this.#forbiddenCreation(child, after, isInAcls, path);
        if (forbidden !== null) return forbidden;
        continue;
      }
      if (moved.has(child) && this.#before.access(old, before) !== "writable") return path;
      const forbidden = this.compare(old, child, { path, before, after, isInAcls });
      if (forbidden !== null) return forbidden;
    }
    return null;
  }

  #attributesDiffer(source: XmlElement, target: XmlElement): boolean {
    const old = this.#past.attributes(source);
    const ignored = target.parent === null ? IGNORED : null;
    for (const [name, value] of target.attributes) {
      if (old.get(name) !== value && !ignored?.has(name)) return true;
    }
    for (const name of old.keys()) if (!target.attributes.has(name) && !ignored?.has(name)) return true;
    return false;
  }

  #isDeletable(node: XmlNode, inherited: Access): boolean {
    if (node.kind !== "element") return inherited === "writable";
    const access = this.#before.access(node, inherited);
    if (access !== "writable") return false;
    return this.#past
      .children(node)
      .every((child) => child.kind === "text" || this.#isDeletable(child, access));
  }

  #forbiddenCreation(element: XmlElement, inherited: Access, isInAcls: boolean, path: string): string | null {
    const access = this.#after.access(element, inherited);
    const isProtected = isInAcls || element.name === "acls";
    if (access !== "writable" && (isProtected || !isScaffolding(element))) return path;
    for (const child of element.elements()) {
      const forbidden = this.#forbiddenCreation(child, access, isProtected, this.#pathOf(path, child));
      if (forbidden !== null) return forbidden;
    }
    return null;
  }

  #pathOf(parent: string, node: XmlNode): string {
    return node.kind === "element" ? parent + stepTo(node.name, node.id) : `${parent}/${node.kind}`;
  }
}

function isScaffolding(element: XmlElement): boolean {
  for (const name of element.attributes.keys()) if (name !== "id") return false;
  return true;
}

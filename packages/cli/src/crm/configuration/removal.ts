import type { XmlElement } from "@quorate/xml";
import { CONTAINER_WORDS, typeOfWord } from "../language/object-types.ts";
import { type ConfigurationObject, nameOf, resourcesIn, sortedForShow } from "./document.ts";
import { dropReference, isConstraint, refersTo, replaceReference } from "./references.ts";
import type { WorkingCopy } from "./working-copy.ts";

const CONTAINER_ELEMENTS: ReadonlySet<string> = new Set(
  [...CONTAINER_WORDS].map((word) => typeOfWord(word)!.element),
);

/**
 * Deletes objects with what makes no sense without them: constraints, empty containers, places in sets and tags. What a deleted
 * container held stays. False when one of them does not exist
 * and has to; the others are deleted all the same.
 */
export function removeObjects(
  copy: WorkingCopy,
  names: readonly string[],
  { mayBeMissing = false } = {},
): boolean {
  const objects: ConfigurationObject[] = [];
  let isComplete = true;
  for (const name of names) {
    const object = copy.find(name);
    if (object !== null) objects.push(object);
    else if (!mayBeMissing) {
      copy.messages.error(`object ${name} does not exist`);
      isComplete = false;
    }
  }
  const removal = new Removal(copy, { tellsHanging: true });
  // Whatever the order of the names: what names something goes before it.
  for (const object of sortedForShow(objects).reverse())
    if (copy.find(object.id) !== null) removal.remove(object);
  return isComplete;
}

/** Deletes everything but nodes. Constraints on patterns go with no resource: they stay, and are named. */
export function eraseAll(copy: WorkingCopy): void {
  const removal = new Removal(copy, { tellsHanging: false });
  for (const { id, type } of copy.objects()) {
    const object = copy.find(id);
    if (object === null || isConstraint(object) || CONTAINER_WORDS.has(type.word)) continue;
    if (type.word !== "node") removal.remove(object);
  }
  for (const bundle of copy.objects().filter(({ type }) => type.word === "bundle")) removal.remove(bundle);
  const left = copy.objects().filter(({ type }) => type.word !== "node");
  if (left.length > 0) {
    copy.messages.error(`strange, but these objects remained:\n${left.map(nameOf).join("\n")}`);
  }
}

/** Deletes the nodes and leaves everything else: those that are there come back by themselves. */
export function eraseNodes(copy: WorkingCopy): void {
  const removal = new Removal(copy, { tellsHanging: false });
  for (const object of copy.objects()) if (object.type.word === "node") removal.remove(object);
}

class Removal {
  readonly #copy: WorkingCopy;
  readonly #tellsHanging: boolean;

  constructor(copy: WorkingCopy, { tellsHanging }: { readonly tellsHanging: boolean }) {
    this.#copy = copy;
    this.#tellsHanging = tellsHanging;
  }

  remove({ element, type, id }: ConfigurationObject): void {
    this.#copy.touch(null);
    if (type.word === "fencing_topology" || element.parent === null) {
      element.remove();
      return;
    }
    if (type.word === "rsc_template") this.#removeMadeFrom(id);
    this.#dissolveWhenLast(element);
    if (CONTAINER_WORDS.has(type.word)) this.#dissolve(element);
    else {
      this.#dropFromTags(id);
      for (const constraint of this.#constraints()) this.#dropFrom(constraint, id);
      element.remove();
    }
  }

  /** What was made from a template is nothing without it. */
  #removeMadeFrom(template: string): void {
    for (const primitive of this.#copy.objects()) {
      if (primitive.element.get("template") !== template || primitive.element.parent === null) continue;
      this.remove(primitive);
      if (this.#tellsHanging) this.#copy.messages.info(`hanging ${nameOf(primitive)} deleted`);
    }
  }

  #constraints(): ConfigurationObject[] {
    return this.#copy.objects().filter(isConstraint);
  }

  /** A container does not outlive its last child. */
  #dissolveWhenLast(child: XmlElement): void {
    const parent = child.parent!;
    if (CONTAINER_ELEMENTS.has(parent.name) && resourcesIn(parent).length === 1) this.#dissolve(parent);
  }

  /** Takes a container away from around its children. Constraints on it go to the first of them. */
  #dissolve(container: XmlElement): void {
    this.#dissolveWhenLast(container);
    const id = container.id!;
    const children = resourcesIn(container);
    const holder = container.parent!;
    for (const child of children) holder.append(child);
    container.remove();
    const heir = children[0]?.id ?? null;
    for (const constraint of this.#constraints()) {
      if (!refersTo(constraint.element, id)) continue;
      if (heir === null || constraint.element.first("resource_set") !== null) this.#dropFrom(constraint, id);
      else {
        replaceReference(constraint, id, heir);
        this.#copy.messages.info(`modified ${nameOf(constraint)} from ${id} to ${heir}`);
        this.#copy.touch(constraint);
      }
    }
    this.#dropFromTags(id);
  }

  #dropFrom(constraint: ConfigurationObject, id: string): void {
    const change = dropReference(constraint, id);
    if (change?.kind === "hanging") {
      constraint.element.remove();
      if (this.#tellsHanging) this.#copy.messages.info(`hanging ${nameOf(constraint)} deleted`);
    } else if (change?.kind === "updated") {
      this.#copy.messages.info(`constraint ${nameOf(constraint)} updated`);
      this.#copy.touch(constraint);
    }
  }

  #dropFromTags(id: string): void {
    for (const tag of this.#copy.objects().filter(({ type }) => type.word === "tag")) {
      for (const reference of tag.element.elements()) if (reference.id === id) reference.remove();
      if (tag.element.elements().length > 0) continue;
      tag.element.remove();
      if (this.#tellsHanging) this.#copy.messages.info(`hanging ${nameOf(tag)} deleted`);
    }
  }
}

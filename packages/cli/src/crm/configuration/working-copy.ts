import { MOVED_CLUSTER_OPTIONS } from "@quorate/cib";
import { XmlComment, XmlElement } from "@quorate/xml";
import {
  CONTAINER_WORDS,
  FENCING_TOPOLOGY_ID,
  type ObjectType,
  RESOURCE_WORDS,
  typeOfWord,
} from "../language/object-types.ts";
import type { ReadObject } from "../language/read/resources.ts";
import { expandTopology } from "../language/read/sections.ts";
import { dropDefaults, isSameMeaning } from "../language/same-meaning.ts";
import type { Messages } from "../shell/messages.ts";
import { type ConfigurationObject, nameOf, objectsOf, resourcesIn } from "./document.ts";
import { assignIds, IdSource } from "./ids.ts";
import { keepHiddenSecrets, mergeLists, mergeValues } from "./merge.ts";
import { isConstraint, replaceReference, resolveListReferences } from "./references.ts";

/** Where sets of properties without an id of their own belong. */
export const DEFAULT_SET_IDS: Readonly<Record<string, string>> = {
  property: "cib-bootstrap-options",
  rsc_defaults: "rsc-options",
  op_defaults: "op-options",
};

/**
 * The configuration that a session of `crm configure` works on: a copy of the CIB that is changed object by object and written back as a
 * whole by `commit`. Every method that changes something returns false when it could not, and has said why.
 */
export class WorkingCopy {
  /** The CIB as it was read. */
  readonly original: XmlElement;
  /** The CIB as it is to be. Containers hold their attributes before their children. */
  readonly cib: XmlElement;
  readonly messages: Messages;
  #touched: ReadonlySet<string> = new Set<string>();
  #isChanged = false;

  constructor(cib: XmlElement, messages: Messages) {
    this.original = cib;
    this.cib = cib.clone();
    this.messages = messages;
    for (const name of ["group", "clone", "master", "bundle"]) {
      for (const container of [...this.cib.descendants(name)])
        for (const child of resourcesIn(container)) container.append(child);
    }
  }

  get isChanged(): boolean {
    return this.#isChanged;
  }

  get configuration(): XmlElement {
    return this.cib.first("configuration")!;
  }

  objects(): ConfigurationObject[] {
    return objectsOf(this.configuration);
  }

  find(id: string): ConfigurationObject | null {
    const found = this.objects().filter((object) => object.id === id);
    // A remote node has the id of the resource that connects to it: the resource is meant.
    return found.find(({ type }) => type.word !== "node") ?? found[0] ?? null;
  }

  /** The object that a text about `id` is about: nodes have names of their own, a remote one that of the resource that connects to it. */
  namesake(type: ObjectType, id: string): ConfigurationObject | null {
    const isNode = type.word === "node";
    return (
      this.objects().find((object) => object.id === id && (object.type.word === "node") === isNode) ?? null
    );
  }

  /** The objects that were made or changed since the CIB was read. */
  changedObjects(): ConfigurationObject[] {
    return this.objects().filter(({ id }) => this.#touched.has(id));
  }

  get hasResources(): boolean {
    return (this.configuration.first("resources")?.elements().length ?? 0) > 0;
  }

  nodeNames(): string[] {
    return (this.configuration.first("nodes")?.all("node") ?? []).map((node) => node.get("uname") ?? "");
  }

  /** Ids that `id-ref` names somewhere. */
  referencedIds(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const element of this.configuration.descendants()) {
      const reference = element.get("id-ref");
      if (reference !== null) ids.add(reference);
    }
    return ids;
  }

  /** Notes that an object was changed in place, or (null) that one is gone. */
  touch(object: ConfigurationObject | null): void {
    this.#note(object?.id ?? null);
  }

  #note(id: string | null): void {
    if (id !== null) this.#touched = new Set([...this.#touched, id]);
    this.#isChanged = true;
  }

  /**
   * Makes a change of several steps whole or not at all: when it returns false or throws, the configuration is as it was before. Objects
   * that were found before do not belong to the configuration afterwards.
   */
  attempt(change: () => boolean): boolean {
    const { configuration } = this;
    const before = {
      configuration: configuration.clone(),
      touched: this.#touched,
      isChanged: this.#isChanged,
    };
    let isMade = false;
    try {
      isMade = change();
    } finally {
      if (!isMade) {
        this.cib.insert(before.configuration, this.cib.children.indexOf(configuration));
        configuration.remove();
        this.#touched = before.touched;
        this.#isChanged = before.isChanged;
      }
    }
    return isMade;
  }

  /** Adds an object that a command describes. Properties, defaults and nodes are merged into what is there. */
  create(type: ObjectType, read: ReadObject, comments: readonly string[] = []): boolean {
    if (this.#movesDefaults(type, read)) return true;
    const id = this.idOf(type, read);
    const existing = this.#former(type, id, read);
    if (existing !== null) {
      if (existing.type === type && MERGED.has(type.word)) return this.#merge(existing, read);
      this.messages.error(
        `Cannot create ${type.word} with ID '${id}': Found existing ${existing.type.word} with same ID.`,
      );
      return false;
    }
    // It may have been there before a text that replaces everything.
    const former = objectsOf(this.original.first("configuration")!).find(
      (object) => object.id === id && object.type === type,
    );
    if (former !== undefined) keepHiddenSecrets(read.element, former.element);
    if (!this.#place(type, id, read, { old: null, index: null, comments })) return false;
    if (CONTAINER_WORDS.has(type.word)) this.#inheritConstraints(id, read.children);
    return true;
  }

  /** The object that a text speaks of. A node whose id stands in the text is that one, whatever it is called there. */
  #former(type: ObjectType, id: string, { element }: ReadObject): ConfigurationObject | null {
    const namesake = this.namesake(type, id);
    if (namesake !== null || type.word !== "node") return namesake;
    const node = this.objects().find((object) => object.type === type && object.element.id === element.id);
    if (node === undefined) return null;
    this.messages.warning(`node ${element.id} is ${node.id}: its machine tells its name, which stays`);
    return node;
  }

  /** What held for a resource holds for the container it is put in. Between two of its children nothing is left to say. */
  #inheritConstraints(container: string, children: readonly string[]): void {
    const constraints = this.objects().filter(isConstraint);
    for (const child of children) {
      for (const constraint of constraints) {
        if (replaceReference(constraint, child, container) === null) continue;
        this.messages.info(`modified ${nameOf(constraint)} from ${child} to ${container}`);
        this.touch(constraint);
      }
    }
    for (const { element } of constraints) {
      const ends = [
        element.get("rsc") ?? element.get("first"),
        element.get("with-rsc") ?? element.get("then"),
      ];
      if (ends.every((end) => end === container)) element.remove();
    }
  }

  /** As `create`, but an object of that id is replaced, in its place. */
  update(type: ObjectType, read: ReadObject, comments: readonly string[] = []): boolean {
    if (this.#movesDefaults(type, read)) return true;
    const id = this.idOf(type, read);
    const existing = this.#former(type, id, read);
    if (existing === null) return this.create(type, read, comments);
    const isContainer = CONTAINER_WORDS.has(type.word) && CONTAINER_WORDS.has(existing.type.word);
    if (existing.type !== type && !isContainer) {
      this.messages.error(`Cannot update ${type.word} ${id}: there is a ${existing.type.word} with this id.`);
      return false;
    }
    if (MERGED.has(type.word)) return this.#merge(existing, read);
    if (existing.type === type && isUnchanged(existing, read)) return true;
    const old = existing.element;
    keepHiddenSecrets(read.element, old);
    const parent = old.parent!;
    const index = parent.children.indexOf(old);
    const formerChildren = CONTAINER_WORDS.has(type.word) ? resourcesIn(old) : [];
    for (const child of formerChildren.toReversed()) this.section("resources").append(child);
    old.remove();
    const isPlaced = this.#place(type, id, read, { old, index: { parent, index }, comments });
    if (!isPlaced) {
      for (const child of formerChildren) old.append(child);
      parent.insert(old, index);
    }
    return isPlaced;
  }

  /**
   * Options that became defaults are set where they have an effect today: is-managed-default as is-managed of resources. What else
   * a command sets is left in it. @returns true when that is nothing
   */
  #movesDefaults(type: ObjectType, { element }: ReadObject): boolean {
    if (type.word !== "property" || element.first("rule") !== null) return false;
    const moved = element.all("nvpair").filter((nvpair) => {
      const place = MOVED_CLUSTER_OPTIONS.get(nvpair.get("name") ?? "");
      return place !== undefined && nvpair.get("value") !== null && place[1] !== "migration-threshold";
    });
    for (const nvpair of moved) {
      const name = nvpair.get("name")!;
      const [word, today] = MOVED_CLUSTER_OPTIONS.get(name)!;
      nvpair.remove();
      const set = new XmlElement("meta_attributes");
      set.append(
        new XmlElement("nvpair", [
          ["name", today],
          ["value", nvpair.get("value")!],
        ]),
      );
      this.messages.warning(`${name} is ${today} in ${word} now; it is set there`);
      this.update(typeOfWord(word)!, { id: null, element: set, children: [] });
    }
    return moved.length > 0 && element.elements().length === 0;
  }

  /** The id by which an object goes that a text describes. */
  idOf(type: ObjectType, { id, element }: ReadObject): string {
    if (type.word === "fencing_topology") return FENCING_TOPOLOGY_ID;
    return id ?? element.id ?? DEFAULT_SET_IDS[type.word] ?? "";
  }

  #place(
    type: ObjectType,
    id: string,
    read: ReadObject,
    options: {
      readonly old: XmlElement | null;
      readonly index: { readonly parent: XmlElement; readonly index: number } | null;
      readonly comments: readonly string[];
    },
  ): boolean {
    const { element } = read;
    if (!isValidId(id) && type.word !== "node") {
      this.messages.error(
        `${id}: invalid object id. Begin with a letter or _, then letters, digits, - _ and .`,
      );
      return false;
    }
    const children = CONTAINER_WORDS.has(type.word) ? this.#childrenFor(type, id, read.children) : [];
    if (children === null) return false;
    if (type.word === "fencing_topology") expandTopology(read, this.nodeNames());
    else if (element.id === null) element.set("id", id);
    resolveListReferences(element, (name) => this.find(name)?.element ?? null);
    const ids = new IdSource(this.configuration);
    if (options.old !== null) ids.retire(options.old.descendants("rule"));
    assignIds(element, id, ids, options.old);
    for (const text of options.comments) element.insert(new XmlComment(text), 0);
    if (type.word === "fencing_topology") this.#replaceTopology(element);
    else if (options.index === null) this.section(type.section).append(element);
    else
      options.index.parent.insert(
        element,
        Math.min(options.index.index, options.index.parent.children.length),
      );
    for (const part of [...children.map((child) => child.element), ...(read.behind ?? [])])
      element.append(part);
    this.#note(id);
    return true;
  }

  #replaceTopology(topology: XmlElement): void {
    const section = this.section("fencing-topology");
    for (const level of topology.elements()) section.append(level);
  }

  /** The objects that a container names, or null when one cannot be its child. */
  #childrenFor(type: ObjectType, id: string, names: readonly string[]): ConfigurationObject[] | null {
    const children: ConfigurationObject[] = [];
    for (const name of names) {
      const child = this.find(name);
      if (child === null || !RESOURCE_WORDS.has(child.type.word)) {
        this.messages.error(`${id} refers to missing object ${name}`);
        return null;
      }
      const parent = child.element.parent!;
      if (parent.name !== "resources" && parent.id !== id) {
        const holder = this.objects().find(({ element }) => element === parent)!;
        this.messages.error(
          `Cannot create ${type.word}:${id}: Child ${child.type.word}:${name} already in ${holder.type.word}:${holder.id}`,
        );
        return null;
      }
      const mayHoldGroup = type.word === "clone" || type.word === "ms";
      if (child.type.word !== "primitive" && !(mayHoldGroup && child.type.word === "group")) {
        this.messages.error(
          `Cannot create ${type.word}:${id}: ${child.type.word} ${name} cannot be in a ${type.word}`,
        );
        return null;
      }
      children.push(child);
    }
    return children;
  }

  #merge(existing: ConfigurationObject, { element }: ReadObject): boolean {
    const { element: target, type, id } = existing;
    for (const [name, value] of element.attributes) {
      if (type.word !== "node" || !NODE_IDENTITY.has(name)) target.set(name, value);
    }
    const ids = new IdSource(this.configuration);
    if (type.word === "node")
      mergeLists(target, element, (list, name) => ids.unique(`${id}-${list}-${name}`));
    else mergeValues(target, element);
    assignIds(target, id, ids, null);
    this.touch(existing);
    return true;
  }

  rename(from: string, to: string): boolean {
    const object = this.find(from);
    if (object === null || object.type.word === "fencing_topology") {
      this.messages.error(`object ${from} does not exist`);
      return false;
    }
    if (object.type.word === "node") {
      this.messages.error(`cannot rename nodes: ${from} is the name that its machine has`);
      return false;
    }
    if (new IdSource(this.configuration).has(to)) {
      this.messages.error(`${to}: id is already in use`);
      return false;
    }
    if (!isValidId(to)) {
      this.messages.error(
        `${to}: invalid object id. Begin with a letter or _, then letters, digits, - _ and .`,
      );
      return false;
    }
    object.element.set("id", to);
    // A constraint with another name is written anew, as its words say it.
    if (isConstraint(object)) dropDefaults(object.element);
    for (const constraint of this.objects().filter(isConstraint)) {
      if (replaceReference(constraint, from, to) !== null) {
        this.messages.info(`modified ${nameOf(constraint)} from ${from} to ${to}`);
      }
    }
    this.#renameElsewhere(from, to);
    this.#note(to);
    return true;
  }

  /** In tags, fencing levels and permissions. */
  #renameElsewhere(from: string, to: string): void {
    for (const element of this.configuration.descendants()) {
      if (element.name === "obj_ref" && element.id === from) element.set("id", to);
      if (element.get("reference") === from) element.set("reference", to);
      const devices = element.name === "fencing-level" ? element.get("devices") : null;
      if (devices?.split(",").includes(from)) {
        element.set(
          "devices",
          devices
            .split(",")
            .map((device) => (device === from ? to : device))
            .join(","),
        );
      }
    }
  }

  /** The section of this name; made at the end when it is not there: their order is free. */
  section(name: string): XmlElement {
    const { configuration } = this;
    const existing = configuration.first(name);
    if (existing !== null) return existing;
    const section = new XmlElement(name);
    configuration.append(section);
    return section;
  }
}

/** What a second command of the same kind adds to, rather than being refused. */
export const MERGED: ReadonlySet<string> = new Set(["property", "rsc_defaults", "op_defaults", "node"]);

/** What a node is told by its machine. */
const NODE_IDENTITY: ReadonlySet<string> = new Set(["id", "uname", "type"]);

/** An id as XML wants it (NCName), without the marks of other alphabets. */
function isValidId(id: string): boolean {
  return /^[A-Za-z_][\w.-]*$/.test(id);
}

/** Whether the text says what is there already. */
function isUnchanged({ type, element }: ConfigurationObject, read: ReadObject): boolean {
  const old = element.clone();
  const children = CONTAINER_WORDS.has(type.word) ? resourcesIn(old) : [];
  for (const child of children) child.remove();
  const isSameList = children.map(({ id }) => id).join(" ") === read.children.join(" ");
  dropDefaults(old);
  const wanted = read.element.clone();
  dropDefaults(wanted);
  return isSameList && isSameMeaning(old, wanted);
}

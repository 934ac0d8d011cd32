import type { XmlElement, XmlNode } from "@quorate/xml";
import { versionOf } from "../document/versions.ts";
import type { Past } from "../draft.ts";
import { type ChildrenMatch, matchChildren } from "./match-children.ts";
import type { AttributeChange, PatchChange, Patchset } from "./patchset.ts";
import { stepTo } from "./paths.ts";

/**
 * What another order of the same attributes means. `ignored`: nothing. `noticed`: a change of the element;
 * beside changed values it is not listed. `listed`: each attribute that changed place is listed.
 */
export type AttributeOrder = "ignored" | "noticed" | "listed";

export interface DiffOptions {
  /** Default `noticed`. */
  readonly attributeOrder?: AttributeOrder;
  /** Leave the version out: no source and target, and the counters of the root are not compared. */
  readonly ignoresVersions?: boolean;
  /** Put into the patchset as it is; `digestV2(target)` lets whoever applies the patch verify the result. */
  readonly digest?: string | null;
}

/** Two documents of their own: nothing is remembered, everything is compared. */
const SEPARATE_DOCUMENTS: Past = {
  attributes: (element) => element.attributes,
  children: (element) => element.children,
  isUntouched: () => false,
  touchedChildren: (element) => element.elements(),
};

const VERSION_ATTRIBUTES: ReadonlySet<string> = new Set(["admin_epoch", "epoch", "num_updates"]);

/** The patchset that makes `target` of `source`. Neither is changed nor kept. */
export function diffCib(source: XmlElement, target: XmlElement, options: DiffOptions = {}): Patchset {
  const ignoresVersions = options.ignoresVersions ?? false;
  return {
    source: ignoresVersions ? null : versionOf(source),
    target: ignoresVersions ? null : versionOf(target),
    digest: options.digest ?? null,
    changes: diffTrees(source, target, SEPARATE_DOCUMENTS, options),
  };
}

/** The changes alone; `past` tells what `source` was like when the target was made of it in place. */
export function diffTrees(
  source: XmlElement,
  target: XmlElement,
  past: Past,
  options: DiffOptions = {},
): readonly PatchChange[] {
  const walk = new DiffWalk(past, options);
  const path = stepTo(source.name, past.attributes(source).get("id") ?? null);
  walk.collectDeletes(source, target, path);
  walk.collectTheRest(source, target, path);
  return walk.changes;
}

const NOTHING: ReadonlySet<string> = new Set();

/** How the attributes of one element changed; null when they did not. */
export function attributeChange(
  before: ReadonlyMap<string, string>,
  target: XmlElement,
  options: {
    readonly path: string;
    readonly attributeOrder: AttributeOrder;
    /** Names that are not compared. */
    readonly ignored?: ReadonlySet<string>;
  },
): PatchChange | null {
  const after = target.attributes;
  if (before === after) return null;
  const ignored = options.ignored ?? NOTHING;
  const values: AttributeChange[] = [];
  const valuesAndPlaces: AttributeChange[] = [];
  const oldPlaces = new Map<string, number>();
  for (const name of before.keys()) oldPlaces.set(name, oldPlaces.size);
  let place = 0;
  for (const [name, value] of after) {
    const isSamePlace = oldPlaces.get(name) === place++;
    if (ignored.has(name)) continue;
    if (before.get(name) !== value) values.push({ name, value });
    if (before.get(name) !== value || !isSamePlace) valuesAndPlaces.push({ name, value });
  }
  for (const name of before.keys()) {
    if (after.has(name) || ignored.has(name)) continue;
    values.push({ name, value: null });
    valuesAndPlaces.push({ name, value: null });
  }
  const attributes = chooseListed(options.attributeOrder, values, valuesAndPlaces);
  if (attributes.length === 0) return null;
  const result = { name: target.name, attributes: [...after] };
  return { operation: "modify", path: options.path, attributes, result };
}

function chooseListed(
  order: AttributeOrder,
  values: readonly AttributeChange[],
  valuesAndPlaces: readonly AttributeChange[],
): readonly AttributeChange[] {
  switch (order) {
    case "ignored":
      return values;
    case "noticed":
      return values.length > 0 ? values : valuesAndPlaces;
    case "listed":
      return valuesAndPlaces;
  }
}

class DiffWalk {
  readonly changes: PatchChange[] = [];
  private readonly past: Past;
  private readonly attributeOrder: AttributeOrder;
  private readonly ignoresVersions: boolean;
  /** By the new element; both walks need it. */
  private readonly matches = new Map<XmlElement, ChildrenMatch>();

  constructor(past: Past, options: DiffOptions) {
    this.past = past;
    this.attributeOrder = options.attributeOrder ?? "noticed";
    this.ignoresVersions = options.ignoresVersions ?? false;
  }

  collectDeletes(source: XmlElement, target: XmlElement, path: string): void {
    if (this.hasSameChildren(source, target)) {
      for (const child of this.past.touchedChildren(target))
        this.collectDeletes(child, child, path + stepTo(child.name, child.id));
      return;
    }
    const match = this.matchOf(source, target);
    let position = 0;
    for (const child of this.past.children(source)) {
      if (child.kind === "text") continue;
      const isElement = child.kind === "element";
      const after = match.newOf.get(child);
      const childPath = isElement ? path + this.oldStepTo(child) : `${path}/comment`;
      if (after === undefined) {
        this.changes.push({ operation: "delete", path: childPath, position: isElement ? null : position });
      } else {
        position++;
        if (isElement && after.kind === "element") this.collectDeletes(child, after, childPath);
      }
    }
  }

  collectTheRest(source: XmlElement, target: XmlElement, path: string): void {
    this.compareAttributes(source, target, path);
    if (this.hasSameChildren(source, target)) {
      for (const child of this.past.touchedChildren(target))
        this.collectTheRest(child, child, path + stepTo(child.name, child.id));
      return;
    }
    const match = this.matchOf(source, target);
    target.children.forEach((child, position) => {
      if (child.kind === "text") return;
      const before = match.oldOf.get(child);
      if (before === undefined) {
        this.changes.push({ operation: "create", path, position, node: child.clone() });
      } else if (child.kind === "element" && before.kind === "element") {
        const childPath = path + stepTo(child.name, child.id);
        this.collectTheRest(before, child, childPath);
        if (match.moved.has(child)) this.changes.push({ operation: "move", path: childPath, position });
      }
    });
  }

  private compareAttributes(source: XmlElement, target: XmlElement, path: string): void {
    const change = attributeChange(this.past.attributes(source), target, {
      path,
      attributeOrder: this.attributeOrder,
      ignored: this.ignoresVersions && target.parent === null ? VERSION_ATTRIBUTES : NOTHING,
    });
    if (change !== null) this.changes.push(change);
  }

  /** The common case of a change made in place: the same element, and none of its children came, went or got another id. */
  private hasSameChildren(source: XmlElement, target: XmlElement): boolean {
    if (source !== target || this.past.children(source) !== target.children) return false;
    return this.past
      .touchedChildren(target)
      .every((child) => (this.past.attributes(child).get("id") ?? null) === child.id);
  }

  private matchOf(source: XmlElement, target: XmlElement): ChildrenMatch {
    let match = this.matches.get(target);
    if (match === undefined) {
      match = matchChildren(source, target, this.past);
      this.matches.set(target, match);
    }
    return match;
  }

  private oldStepTo(child: XmlNode & XmlElement): string {
    return stepTo(child.name, this.past.attributes(child).get("id") ?? null);
  }
}

import { readBlocks } from "../blocks.ts";
import type { PrimitiveFacts, Resource } from "../resource.ts";
import type { Unpacking } from "../unpacking.ts";
import { isText } from "../xml-attribute.ts";

/**
 * Fills the meta-attributes of a resource; a name that has a value is never replaced, so nearer sources come
 * first: instance number, XML attributes, own blocks, blocks of the ancestors, defaults, table of the parent.
 * Instances of a clone differ in the number only, so theirs are read once. Source: part 1, 6.4.
 */
export function unpackMeta(unpacking: Unpacking, resource: Resource): void {
  const clone = resource.instanceNumber === null ? null : (resource.parent?.clone ?? null);
  if (clone === null) {
    readMeta(unpacking, resource);
    return;
  }
  if (clone.instanceMeta === null) {
    readMeta(unpacking, resource);
    clone.instanceMeta = new Map(resource.meta);
    return;
  }
  clone.instanceMeta.forEach((value, name) => {
    resource.meta.set(name, value);
  });
  resource.meta.set("clone", String(resource.instanceNumber));
}

function readMeta(unpacking: Unpacking, resource: Resource): void {
  const { cluster, sections } = unpacking;
  const meta = resource.meta;
  const facts = { resource: resource.primitive };
  if (resource.instanceNumber !== null) meta.set("clone", String(resource.instanceNumber));
  addMissing(meta, resource.xml.attributes);
  readBlocks(cluster, meta, resource.xml, "meta_attributes", facts);
  if (resource.parent !== null)
    addMissing(meta, ancestorBlocks(unpacking, resource.parent, resource.primitive));
  if (sections.resourceDefaults !== null) {
    readBlocks(cluster, meta, sections.resourceDefaults, "meta_attributes", facts);
  }
  if (resource.parent !== null) addMissing(meta, resource.parent.meta);
}

/** The blocks of the parent, the grandparent and so on as one table, seen with the class of the child. */
function ancestorBlocks(
  unpacking: Unpacking,
  parent: Resource,
  child: PrimitiveFacts | null,
): Map<string, string> {
  const table = new Map<string, string>();
  for (let ancestor: Resource | null = parent; ancestor !== null; ancestor = ancestor.parent) {
    readBlocks(unpacking.cluster, table, ancestor.xml, "meta_attributes", { resource: child });
  }
  return table;
}

/** `#default` means "not set here". */
function addMissing(meta: Map<string, string>, source: ReadonlyMap<string, string>): void {
  for (const [name, value] of source) {
    if (value !== "" && !meta.has(name) && !isText(value, "#default")) meta.set(name, value);
  }
}

/** A meta-attribute where the value `default` is the same as unset. Source: part 1, 6.4. */
export function metaOrDefault(resource: Resource, name: string): string | null {
  const value = resource.meta.get(name) ?? null;
  return isText(value, "default") ? null : value;
}

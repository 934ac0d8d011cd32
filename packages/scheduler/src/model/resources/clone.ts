import { parseInteger } from "@quorate/cib";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import type { Unpacking } from "../unpacking.ts";
import { limitInstances } from "./instance-limit.ts";
import { isMeta } from "./settings.ts";
import { reject, unpackResource } from "./unpack-resource.ts";

/** Makes the instances of a clone; false when what it clones is invalid. Source: part 1, 6.6. */
export function unpackClone(unpacking: Unpacking, resource: Resource): boolean {
  const { cluster } = unpacking;
  const template = resource.xml
    .elements()
    .find((child) => child.name === "primitive" || child.name === "group");
  if (template === undefined) {
    reject(unpacking, resource.xml, "the clone has no primitive or group");
    return false;
  }
  const nodeMax = minimumInteger(resource, "clone-node-max", 1);
  const isUnique = resource.meta.has("globally-unique")
    ? isMeta(resource, "globally-unique")
    : (parseInteger(resource.meta.get("clone-node-max") ?? "") ?? 0) > 1;
  const max = limitInstances(unpacking, {
    resource: resource.id,
    option: "clone-max",
    wanted: minimumInteger(resource, "clone-max", Math.max(1, cluster.nodes.length)),
    line: resource.xml.line,
  });
  const isPromotable = isMeta(resource, "promotable");
  resource.clone = {
    max,
    nodeMax: isUnique ? nodeMax : 1,
    promotedMax: isPromotable ? limitWithLegacyName(resource, "promoted-max", "master-max") : 0,
    promotedNodeMax: isPromotable ? limitWithLegacyName(resource, "promoted-node-max", "master-node-max") : 0,
    isOrdered: isMeta(resource, "ordered"),
    isInterleaved: isMeta(resource, "interleave"),
    template,
    instanceMeta: null,
    instanceCount: 0,
    instancesByNode: new Map(),
    firstInactive: 0,
    promotedCount: 0,
    hasPromotionScores: false,
    isSortedForPromotion: false,
    notifications: { start: null, stop: null, promote: null, demote: null },
  };
  if (!resource.meta.has("resource-stickiness")) resource.meta.set("resource-stickiness", "1");
  resource.meta.set("globally-unique", isUnique ? "true" : "false");
  if (isUnique) resource.flags |= ResourceFlag.Unique;
  else resource.flags &= ~ResourceFlag.Unique;

  do {
    if (createInstance(unpacking, resource) === null) return false;
  } while (resource.clone.instanceCount < resource.clone.max);
  return true;
}

/**
 * Makes the next instance of a clone. Beyond clone-max it is a removed one: it exists only because history knows
 * it. Source: part 1, 6.6.
 */
export function createInstance(unpacking: Unpacking, clone: Resource): Resource | null {
  const facts = clone.clone;
  if (facts === null) return null;
  const isRemoved = facts.instanceCount >= facts.max;
  const instance = unpackResource(unpacking, facts.template, {
    parent: clone,
    instanceNumber: facts.instanceCount,
  });
  if (instance === null) return null;
  facts.instanceCount++;
  clone.children.push(instance);
  instance.meta.set("clone-max", String(facts.max));
  if (isRemoved) markRemoved(instance);
  return instance;
}

/**
 * Makes the clone around a primitive anonymous: only classes `ocf` and `stonith` tell instances apart. It affects
 * the primitive, the clone, and the instances that are complete by now; those that follow are asked again.
 * Source: part 1, 6.6.
 */
export function forceAnonymous(unpacking: Unpacking, clone: Resource, primitive: Resource): void {
  const facts = clone.clone;
  if (facts === null) return;
  const { cluster } = unpacking;
  if (hasFlags(clone, ResourceFlag.Unique)) {
    cluster.diagnostics.push({
      severity: "warning",
      code: "clone-invalid",
      message: `cib.xml:${clone.xml.line}: clone "${clone.id}" is not made globally unique, because of "${primitive.configuredId}": only classes "ocf" and "stonith" can be. Remove globally-unique and clone-node-max.`,
      elementId: clone.id,
      line: clone.xml.line,
    });
  }
  facts.nodeMax = 1;
  facts.max = Math.min(facts.max, cluster.nodes.length);
  markAnonymous(primitive);
  markAnonymous(clone);
  facts.instanceMeta = null;
}

function markAnonymous(resource: Resource): void {
  resource.flags &= ~ResourceFlag.Unique;
  resource.meta.set("globally-unique", "false");
  for (const child of resource.children) markAnonymous(child);
}

function markRemoved(resource: Resource): void {
  resource.flags |= ResourceFlag.Removed;
  for (const child of resource.children) markRemoved(child);
}

/** An integer of at least 0; text that is no integer gives 0, not the default. Source: part 1, 2.1 and 6.6. */
function minimumInteger(resource: Resource, name: string, absent: number): number {
  const text = resource.meta.get(name);
  if (text === undefined) return absent;
  const value = parseInteger(text) ?? 0;
  return Math.min(Math.max(Math.trunc(value), 0), 2147483647);
}

function limitWithLegacyName(resource: Resource, name: string, legacyName: string): number {
  return minimumInteger(resource, resource.meta.has(name) ? name : legacyName, 1);
}

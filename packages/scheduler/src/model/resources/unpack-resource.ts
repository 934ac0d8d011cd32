import type { XmlElement } from "@quorate/xml";
import { AllowedNodes } from "../allowed-nodes.ts";
import { topOf } from "../ancestry.ts";
import { readBlocks } from "../blocks.ts";
import {
  createResource,
  hasFlags,
  type PrimitiveFacts,
  type Resource,
  ResourceFlag,
  Variant,
} from "../resource.ts";
import { addDefaultNodes, addScoreToAll } from "../scores.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf, isText } from "../xml-attribute.ts";
import { unpackBundle } from "./bundle.ts";
import { forceAnonymous, unpackClone } from "./clone.ts";
import { type EffectiveElement, effectiveElement } from "./effective-element.ts";
import { unpackGroup } from "./group.ts";
import { unpackMeta } from "./meta.ts";
import { isGuestConnection, unpackSettings } from "./settings.ts";

/** Where a resource stands: below which one, and in which instance of a clone. */
export interface ResourcePlace {
  readonly parent: Resource | null;
  readonly instanceNumber: number | null;
}

const VARIANTS: ReadonlyMap<string, Variant> = new Map([
  ["primitive", Variant.Primitive],
  ["group", Variant.Group],
  ["clone", Variant.Clone],
  ["bundle", Variant.Bundle],
]);

/**
 * Makes a resource and its children from an element. Null, with a diagnostic, when it is invalid: then it and its
 * children are ignored. Source: part 1, 6.
 */
export function unpackResource(
  unpacking: Unpacking,
  element: XmlElement,
  place: ResourcePlace,
): Resource | null {
  const { cluster, lookup } = unpacking;
  const configuredId = attributeOf(element, "id");
  const variant = VARIANTS.get(element.name);
  if (configuredId === null || variant === undefined) {
    reject(
      unpacking,
      element,
      configuredId === null ? "it has no id" : `"${element.name}" is no kind of resource`,
    );
    return null;
  }
  const effective = effectiveElement(unpacking, element);
  if (effective === null) return null;
  const primitive = variant === Variant.Primitive ? primitiveFacts(effective.element) : null;
  if (variant === Variant.Primitive && primitive === null) {
    reject(unpacking, element, "it has no class or no type");
    return null;
  }

  const countBefore = cluster.resourcesByIndex.length;
  const resource = createResource({
    index: countBefore,
    id: place.instanceNumber === null ? configuredId : `${configuredId}:${place.instanceNumber}`,
    configuredId,
    instanceNumber: place.instanceNumber,
    variant,
    primitive,
    xml: effective.element,
    operations: effective.operations,
    parent: place.parent,
    allowedNodes: new AllowedNodes(cluster.ordinaryNodeCount, { keepsSteps: cluster.isExplaining }),
  });
  cluster.resourcesByIndex.push(resource);
  lookup.addResource(resource);
  registerTemplateUse(unpacking, effective, configuredId);
  unpackMeta(unpacking, resource);
  unpackSettings(cluster, resource);

  if (!unpackVariant(unpacking, resource)) {
    for (const dropped of cluster.resourcesByIndex.splice(countBefore)) lookup.removeResource(dropped);
    return null;
  }
  if (cluster.options.isSymmetric) addDefaultNodes(cluster, resource);
  // Unlike the default, this does not leave bundle nodes out (seen in the reference's scores).
  else if (isGuestConnection(resource)) addScoreToAll(cluster, resource, 0, { kind: "node-score" });
  readBlocks(cluster, resource.utilization, resource.xml, "utilization", {});
  return resource;
}

function unpackVariant(unpacking: Unpacking, resource: Resource): boolean {
  switch (resource.variant) {
    case Variant.Primitive:
      return unpackPrimitive(unpacking, resource);
    case Variant.Group:
      return unpackGroup(unpacking, resource);
    case Variant.Clone:
      return unpackClone(unpacking, resource);
    case Variant.Bundle:
      return unpackBundle(unpacking, resource);
  }
}

/** Only OCF agents know promotion, only they and fence agents can be told apart. Source: part 1, 6.6. */
function unpackPrimitive(unpacking: Unpacking, resource: Resource): boolean {
  const top = topOf(resource);
  if (
    top.variant === Variant.Clone &&
    hasFlags(resource, ResourceFlag.Unique) &&
    !isText(resource.primitive?.class, "ocf") &&
    !isText(resource.primitive?.class, "stonith")
  ) {
    forceAnonymous(unpacking, top, resource);
  }
  if (hasFlags(resource, ResourceFlag.Promotable) && !isText(resource.primitive?.class, "ocf")) {
    reject(
      unpacking,
      resource.xml,
      `class "${resource.primitive?.class ?? ""}" cannot be promotable, only "ocf" can`,
    );
    return false;
  }
  return true;
}

/** Class, provider and type; null when they do not name an agent. Only `ocf` has providers. */
function primitiveFacts(element: XmlElement): PrimitiveFacts | null {
  const agentClass = attributeOf(element, "class");
  const type = attributeOf(element, "type");
  if (agentClass === null || type === null) return null;
  return { class: agentClass, provider: attributeOf(element, "provider"), type };
}

function registerTemplateUse(unpacking: Unpacking, effective: EffectiveElement, id: string): void {
  if (effective.template === null) return;
  const { templates } = unpacking.cluster;
  const users = templates.get(effective.template);
  if (users === undefined) templates.set(effective.template, [id]);
  else if (!users.includes(id)) users.push(id);
}

/** Says why a resource is ignored. */
export function reject(unpacking: Unpacking, element: XmlElement, why: string): void {
  const id = attributeOf(element, "id");
  unpacking.cluster.diagnostics.push({
    severity: "error",
    code: "resource-invalid",
    message: `cib.xml:${element.line}: resource "${id ?? ""}" is ignored: ${why}.`,
    elementId: id,
    line: element.line,
  });
}

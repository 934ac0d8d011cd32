import type { XmlElement } from "@quorate/xml";
import { readBlocks } from "../blocks.ts";
import type { ClusterNode } from "../node.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf, isText } from "../xml-attribute.ts";

/**
 * Reads the attributes and utilization of a `node` element, or of the `transient_attributes` of its state.
 * Permanent ones never replace a value, transient ones do. Without an element, the built-in attributes are still set.
 * Source: part 1, 5.3.
 */
export function readNodeAttributes(
  unpacking: Unpacking,
  node: ClusterNode,
  element: XmlElement | null,
  options: { readonly isTransient: boolean },
): void {
  const { cluster } = unpacking;
  const attributes = node.attributes;
  attributes.set("#uname", node.name);
  attributes.set("#id", node.id);
  if (cluster.dc === null && isText(attributeOf(cluster.cib, "dc-uuid"), node.id)) cluster.dc = node;
  attributes.set("#is_dc", cluster.dc === node ? "true" : "false");
  if (cluster.options.clusterName !== null) attributes.set("#cluster-name", cluster.options.clusterName);
  if (element !== null) readOwnAttributes(unpacking, node, element, options);
  if (!attributes.has("#site-name")) {
    const site = attributes.get("site-name") ?? cluster.options.clusterName;
    if (site !== null) attributes.set("#site-name", site);
  }
}

function readOwnAttributes(
  { cluster }: Unpacking,
  { attributes, utilization }: ClusterNode,
  element: XmlElement,
  options: { readonly isTransient: boolean },
): void {
  if (options.isTransient) {
    const transient = new Map<string, string>();
    readBlocks(cluster, transient, element, "instance_attributes", {});
    for (const [name, value] of transient) attributes.set(name, value);
  } else {
    readBlocks(cluster, attributes, element, "instance_attributes", {});
  }
  readBlocks(cluster, utilization, element, "utilization", {});
}

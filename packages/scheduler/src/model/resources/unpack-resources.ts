import type { XmlElement } from "@quorate/xml";
import { forEachLeaf } from "../ancestry.ts";
import type { ClusterNode } from "../node.ts";
import { markUnseen } from "../nodes/unseen.ts";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf } from "../xml-attribute.ts";
import { unpackResource } from "./unpack-resource.ts";

/**
 * Makes all configured resources, links connections to their launchers and nodes, and sorts the top-level list by
 * priority. `elements` are the children of the resources section, generated ones included.
 * Source: part 1, 6.1, 6.12 and 8.3.
 */
export function unpackResources(unpacking: Unpacking, elements: readonly XmlElement[]): void {
  const { cluster, lookup } = unpacking;
  for (const element of elements) {
    if (element.name === "template") {
      const id = attributeOf(element, "id");
      if (id !== null && !cluster.templates.has(id)) cluster.templates.set(id, []);
      continue;
    }
    const resource = unpackResource(unpacking, element, { parent: null, instanceNumber: null });
    if (resource !== null) cluster.resources.push(resource);
  }
  for (const resource of cluster.resources) {
    forEachLeaf(resource, (leaf) => linkLauncher(unpacking, leaf));
    linkNode(unpacking, resource);
  }
  cluster.resources.sort((a, b) => b.priority - a.priority || a.index - b.index);
  lookup.setResourceOrder(cluster.resources);
}

/** Source: part 1, 8.3 rule 1. */
export function linkLauncher(unpacking: Unpacking, resource: Resource): void {
  const name = resource.meta.get("container");
  if (name === undefined) return;
  const launcher = unpacking.lookup.resource(name);
  if (launcher === null || isLaunchedBy(launcher, resource)) return;
  resource.launcher = launcher;
  if (!launcher.launched.includes(resource)) launcher.launched.push(resource);
}

/** True when `resource` is, however indirectly, what `launched` runs in: linking it again would make a loop. */
function isLaunchedBy(launched: Resource, resource: Resource): boolean {
  for (let host: Resource | null = launched; host !== null; host = host.launcher) {
    if (host === resource) return true;
  }
  return false;
}

/** Source: part 1, 8.3 rule 2. */
export function linkNode(unpacking: Unpacking, resource: Resource): ClusterNode | null {
  if (!hasFlags(resource, ResourceFlag.RemoteConnection)) return null;
  const node = unpacking.lookup.nodeByName(resource.id);
  if (node === null) return null;
  node.connection = resource;
  if (resource.launcher === null) markUnseen(unpacking.cluster, node);
  else node.attributes.set("#kind", "container");
  return node;
}

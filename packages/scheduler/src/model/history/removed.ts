import { INFINITY } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { ResourceHistory } from "../history-entry.ts";
import { NodeFlag } from "../node.ts";
import { addNode } from "../nodes/add-node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import { unpackResource } from "../resources/unpack-resource.ts";
import { linkNode } from "../resources/unpack-resources.ts";
import { addScoreToAll } from "../scores.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf } from "../xml-attribute.ts";

/**
 * Makes a resource that only history knows: it was removed from the configuration while it was active somewhere.
 * Source: part 1, 11.6.
 */
export function createRemoved(unpacking: Unpacking, history: ResourceHistory): Resource | null {
  const { cluster, lookup } = unpacking;
  const element = new XmlElement("primitive", history.xml.attributes, history.xml.line);
  const resource = unpackResource(unpacking, element, { parent: null, instanceNumber: null });
  if (resource === null) return null;
  cluster.resources.push(resource);
  lookup.appendToOrder(resource);
  resource.flags |= ResourceFlag.Removed;
  if (attributeOf(history.xml, "container") !== null) resource.flags |= ResourceFlag.RemovedLaunched;
  if (hasFlags(resource, ResourceFlag.RemoteConnection)) linkRemovedConnection(unpacking, resource);
  cluster.explanations.push({ kind: "resource-state", resource: resource.id, node: null, change: "removed" });
  if (cluster.options.stopsRemovedResources) {
    addScoreToAll(cluster, resource, -INFINITY, { kind: "removed" });
  } else {
    resource.flags &= ~ResourceFlag.Managed;
  }
  return resource;
}

function linkRemovedConnection(unpacking: Unpacking, connection: Resource): void {
  const { cluster, lookup } = unpacking;
  if (lookup.nodeByName(connection.id) === null) {
    addNode(cluster, lookup, { id: connection.id, name: connection.id, kind: "remote", baseScore: 0 });
  }
  const node = linkNode(unpacking, connection);
  if (node !== null) node.flags |= NodeFlag.Shutdown;
}

import { FEATURE_SET } from "@quorate/cib";
import { XmlAttributes } from "@quorate/xml";
import { connectionHost, metaAttributeName } from "../actions/digests.ts";
import type { Action } from "../model/action.ts";
import { currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";

/**
 * The attributes that an action hands to its agent, sorted by name in byte order. `node` is where the graph says that it is done.
 * Source: part 4, 13.6.
 */
export function actionAttributes(cluster: Cluster, action: Action, node: ClusterNode | null): XmlAttributes {
  const table = new XmlAttributes(["crm_feature_set", FEATURE_SET]);
  for (const [name, value] of action.extraParameters) setMissing(table, name, value);
  if (action.resource !== null) addParameters(cluster, table, action, action.resource);
  if (node !== null) {
    setMissing(table, "CRM_meta_on_node", node.name);
    setMissing(table, "CRM_meta_on_node_uuid", node.id);
  }
  for (let index = 0; index < action.meta.size; index++) {
    const attribute = metaAttributeName(action.meta.nameAt(index));
    if (attribute !== null) setMissing(table, attribute, action.meta.valueAt(index));
  }
  for (let resource = action.resource; resource !== null; resource = resource.parent) {
    addResourceFacts(table, resource);
  }
  if (action.resource !== null && action.node !== null) {
    addHost(table, action, action.resource, action.node);
  }
  table.sort();
  return table;
}

function setMissing(table: XmlAttributes, name: string, value: string): void {
  if (!table.has(name)) table.set(name, value);
}

function addParameters(cluster: Cluster, table: XmlAttributes, action: Action, resource: Resource): void {
  if (action.node === null && resource.variant !== Variant.Primitive) return;
  for (const [name, value] of parametersOf(cluster, resource, action.node)) {
    setMissing(table, name, name === "addr" ? addressOf(resource, value) : value);
  }
}

/** The connection of a bundle without addresses goes to the node of its container. */
function addressOf(resource: Resource, value: string): string {
  if (value !== "#uname" || !hasFlags(resource, ResourceFlag.RemoteConnection)) return value;
  return connectionHost(resource)?.name ?? value;
}

/** Source: part 4, 13.6.1 step 5. */
function addResourceFacts(table: XmlAttributes, resource: Resource): void {
  if (resource.clone !== null) {
    addCloneFacts(table, resource);
    return;
  }
  if (resource.variant !== Variant.Primitive) return;
  if (resource.instanceNumber !== null) {
    table.set("CRM_meta_clone", String(resource.instanceNumber));
  }
  const remoteNode = resource.meta.get("remote-node");
  if (remoteNode !== undefined) table.set("CRM_meta_remote_node", remoteNode);
  for (let part: Resource | null = resource; part !== null; part = part.parent) {
    if (part.launcher !== null) table.set("CRM_meta_container", part.launcher.id);
  }
  const address = resource.meta.get("external-ip");
  if (address !== undefined) table.set("pcmk_external_ip", address);
}

function addCloneFacts(table: XmlAttributes, clone: Resource): void {
  const facts = clone.clone;
  if (facts === null) return;
  const set = (name: string, value: string | number | boolean): void => {
    table.set(`CRM_meta_${name}`, String(value));
  };
  set("globally_unique", hasFlags(clone, ResourceFlag.Unique));
  set("notify", hasFlags(clone, ResourceFlag.Notify));
  set("clone_max", facts.max);
  set("clone_node_max", facts.nodeMax);
  if (!hasFlags(clone, ResourceFlag.Promotable)) return;
  set("promoted_max", facts.promotedMax);
  set("promoted_node_max", facts.promotedNodeMax);
  set("master_max", facts.promotedMax);
  set("master_node_max", facts.promotedNodeMax);
}

/** Which machine the guest node is on, for actions on guest nodes. Source: part 3, 5.2. */
function addHost(table: XmlAttributes, action: Action, resource: Resource, node: ClusterNode): void {
  const host = isGuestNode(node) ? hostFor(action, node.connection?.launcher ?? null) : null;
  if (host === null) return;
  const target = resource.meta.get("container-attribute-target");
  if (target !== undefined) table.set("CRM_meta_container_attribute_target", target);
  table.set("CRM_meta_physical_host", host.name);
}

function hostFor(action: Action, launcher: Resource | null): ClusterNode | null {
  if (launcher === null) return null;
  const isNotification = action.task === "notify" || action.task === "notified";
  switch (isNotification ? action.meta.get("notify_operation") : action.task) {
    case "stop":
    case "stopped":
    case "demote":
    case "demoted":
      return currentNode(launcher);
    case "start":
    case "running":
    case "monitor":
    case "promote":
    case "promoted":
      return launcher.assignedNode;
    default:
      return null;
  }
}

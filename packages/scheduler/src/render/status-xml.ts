import { XmlElement } from "@quorate/xml";
import { isActive } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, isGuestNode, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { nodeHealth } from "./node-health.ts";
import {
  agentName,
  displayableRole,
  isDisabled,
  pendingText,
  shownResourceName,
  stateName,
} from "./resource-facts.ts";
import type { StatusOptions } from "./status-options.ts";

/** What nodes older than the attribute are reported to support. */
const FEATURE_SET_UNKNOWN = "<3.15.1";

/** The `nodes` section of XML results: one element a node, in the order of node lists. */
export function nodesElement(cluster: Cluster): XmlElement {
  const nodes = new XmlElement("nodes");
  for (const node of cluster.nodes) nodes.append(nodeElement(cluster, node));
  return nodes;
}

function nodeElement(cluster: Cluster, node: ClusterNode): XmlElement {
  const is = (flag: number): string => String(hasNodeFlags(node, flag));
  const element = new XmlElement("node", [
    ["name", node.name],
    ["id", node.id],
    ["online", is(NodeFlag.Online)],
    ["standby", is(NodeFlag.Standby)],
    ["standby_onfail", is(NodeFlag.FailStandby)],
    ["maintenance", is(NodeFlag.Maintenance)],
    ["pending", is(NodeFlag.Pending)],
    ["unclean", is(NodeFlag.Unclean)],
    ["health", nodeHealth(cluster, node)],
  ]);
  if (node.kind === "cluster" && hasNodeFlags(node, NodeFlag.Online)) {
    element.set("feature_set", node.attributes.get("#feature-set") ?? FEATURE_SET_UNKNOWN);
  }
  element.set("shutdown", is(NodeFlag.Shutdown));
  element.set("expected_up", is(NodeFlag.ExpectedUp));
  element.set("is_dc", String(node === cluster.dc));
  element.set("resources_running", String(node.activePrimitives.length));
  element.set("type", node.kind === "cluster" ? "member" : "remote");
  if (isGuestNode(node)) element.set("id_as_resource", node.connection?.launcher?.id ?? "");
  return element;
}

/** The `resources` section: every listed resource with all its parts, whatever their state. */
export function resourcesElement(cluster: Cluster, options: StatusOptions): XmlElement {
  const resources = new XmlElement("resources");
  for (const resource of cluster.resources) {
    if (hasFlags(resource, ResourceFlag.Removed) && !isActive(resource, false)) continue;
    resources.append(resourceElement(resource, options));
  }
  return resources;
}

function resourceElement(resource: Resource, options: StatusOptions): XmlElement {
  switch (resource.variant) {
    case Variant.Primitive:
      return primitiveElement(resource, options);
    case Variant.Group:
      return groupElement(resource, options);
    case Variant.Clone:
      return cloneElement(resource, options);
    case Variant.Bundle:
      return bundleElement(resource, options);
  }
}

function flagText(resource: Resource, flag: number): string {
  return String(hasFlags(resource, flag));
}

function primitiveElement(resource: Resource, options: StatusOptions): XmlElement {
  const element = new XmlElement("resource", [
    ["id", shownResourceName(resource)],
    ["resource_agent", agentName(resource)],
    ["role", stateName(displayableRole(resource))],
  ]);
  setTargetRole(element, resource);
  const isRemoved = flagText(resource, ResourceFlag.Removed);
  element.set("active", String(isActive(resource, true)));
  element.set("orphaned", isRemoved);
  element.set("removed", isRemoved);
  element.set("blocked", flagText(resource, ResourceFlag.Blocked));
  element.set("maintenance", flagText(resource, ResourceFlag.Maintenance));
  element.set("managed", flagText(resource, ResourceFlag.Managed));
  element.set("failed", flagText(resource, ResourceFlag.Failed));
  element.set("failure_ignored", flagText(resource, ResourceFlag.IgnoreFailure));
  element.set("nodes_running_on", String(resource.activeNodes.length));
  const pending = options.showsPending ? pendingText(resource) : null;
  if (pending !== null) element.set("pending", pending);
  if (resource.lockNode !== null) element.set("locked_to", resource.lockNode.name);
  setDescription(element, resource, options);
  for (const node of resource.activeNodes) {
    element.append(
      new XmlElement("node", [
        ["name", node.name],
        ["id", node.id],
        ["cached", String(hasNodeFlags(node, NodeFlag.Online))],
      ]),
    );
  }
  return element;
}

function groupElement(resource: Resource, options: StatusOptions): XmlElement {
  const element = new XmlElement("group", [
    ["id", resource.id],
    ["number_resources", String(resource.children.length)],
    ["maintenance", flagText(resource, ResourceFlag.Maintenance)],
    ["managed", flagText(resource, ResourceFlag.Managed)],
    ["disabled", String(isDisabled(resource))],
  ]);
  setDescription(element, resource, options);
  for (const member of resource.children) element.append(resourceElement(member, options));
  return element;
}

function cloneElement(resource: Resource, options: StatusOptions): XmlElement {
  const element = new XmlElement("clone", [
    ["id", resource.id],
    ["multi_state", flagText(resource, ResourceFlag.Promotable)],
    ["unique", flagText(resource, ResourceFlag.Unique)],
    ["maintenance", flagText(resource, ResourceFlag.Maintenance)],
    ["managed", flagText(resource, ResourceFlag.Managed)],
    ["disabled", String(isDisabled(resource))],
    ["failed", flagText(resource, ResourceFlag.Failed)],
    ["failure_ignored", flagText(resource, ResourceFlag.IgnoreFailure)],
  ]);
  setTargetRole(element, resource);
  setDescription(element, resource, options);
  for (const instance of resource.children) element.append(resourceElement(instance, options));
  return element;
}

function bundleElement(resource: Resource, options: StatusOptions): XmlElement {
  const bundle = resource.bundle!;
  const element = new XmlElement("bundle", [
    ["id", resource.id],
    ["type", bundle.agent],
    ["image", bundle.image],
    ["unique", flagText(resource, ResourceFlag.Unique)],
    ["maintenance", flagText(resource, ResourceFlag.Maintenance)],
    ["managed", flagText(resource, ResourceFlag.Managed)],
    ["failed", flagText(resource, ResourceFlag.Failed)],
  ]);
  setDescription(element, resource, options);
  for (const replica of bundle.replicas) {
    const replicaElement = new XmlElement("replica", [["id", String(replica.number)]]);
    for (const part of [replica.ip, replica.instance, replica.container, replica.connection]) {
      if (part !== null) replicaElement.append(resourceElement(part, options));
    }
    element.append(replicaElement);
  }
  return element;
}

function setTargetRole(element: XmlElement, resource: Resource): void {
  const targetRole = resource.meta.get("target-role");
  if (targetRole !== undefined) element.set("target_role", targetRole);
}

function setDescription(element: XmlElement, resource: Resource, options: StatusOptions): void {
  if (!options.showsDescriptions) return;
  const description = resource.xml.get("description");
  if (description !== null) element.set("description", description);
}

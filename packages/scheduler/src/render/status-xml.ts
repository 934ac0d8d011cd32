import { XmlElement } from "@quorate/xml";
import { isActive } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, isGuestNode, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { nodeHealth } from "./node-health.ts";
import { featureSetOf } from "./node-list.ts";
import {
  agentName,
  displayableRole,
  isDisabled,
  pendingText,
  shownResourceName,
  stateName,
} from "./resource-facts.ts";
import { isListed, shownParts } from "./resource-list.ts";
import { isElsewhere, isIncluded, isNamed, isNodeIncluded, isPartShown } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";

/** The `nodes` section of XML results: one element a node, in the order of node lists. */
export function nodesElement(
  cluster: Cluster,
  options: StatusOptions,
  layout: { readonly withResources: boolean } = { withResources: false },
): XmlElement {
  const nodes = new XmlElement("nodes");
  for (const node of cluster.nodes) {
    if (!isNodeIncluded(options.filter, node)) continue;
    const element = nodeElement(cluster, node);
    if (layout.withResources) {
      for (const resource of node.activePrimitives) {
        if (isIncluded(options.filter, resource, "with parents"))
          element.append(primitiveElement(resource, options));
      }
    }
    nodes.append(element);
  }
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
  const featureSet = featureSetOf(node);
  if (featureSet !== null) element.set("feature_set", featureSet);
  element.set("shutdown", is(NodeFlag.Shutdown));
  element.set("expected_up", is(NodeFlag.ExpectedUp));
  element.set("is_dc", String(node === cluster.dc));
  element.set("resources_running", String(node.activePrimitives.length));
  element.set("type", node.kind === "cluster" ? "member" : "remote");
  if (isGuestNode(node)) element.set("id_as_resource", node.connection?.launcher?.id ?? "");
  return element;
}

/** The `resources` section: every listed resource with all its parts. */
export function resourcesElement(cluster: Cluster, options: StatusOptions): XmlElement {
  const resources = new XmlElement("resources");
  for (const resource of cluster.resources) {
    const element = isListed(resource, options) ? resourceElement(resource, options) : null;
    if (element !== null) resources.append(element);
  }
  return resources;
}

/** The same without what is fully active, because that stands under its nodes already. */
export function inactiveResourcesElement(cluster: Cluster, options: StatusOptions): XmlElement {
  const resources = new XmlElement("resources");
  for (const resource of cluster.resources) {
    if (isActive(resource, true) || !isListed(resource, options)) continue;
    const element = resourceElement(resource, options);
    if (element !== null) resources.append(element);
  }
  return resources;
}

/** Null when the filter leaves nothing of it. */
export function resourceElement(resource: Resource, options: StatusOptions): XmlElement | null {
  if (!isIncluded(options.filter, resource, "with parents")) return null;
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
  const { filter } = options;
  const context = { isWholeNamed: isNamed(filter, resource), showsInactive: options.showsInactive };
  const members = resource.children.filter((member) => isPartShown(filter, member, context));
  const element = new XmlElement("group", [
    ["id", resource.id],
    ["number_resources", String(members.length)],
    ["maintenance", flagText(resource, ResourceFlag.Maintenance)],
    ["managed", flagText(resource, ResourceFlag.Managed)],
    ["disabled", String(isDisabled(resource))],
  ]);
  setDescription(element, resource, options);
  for (const member of members) element.append(primitiveElement(member, options));
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
  const { filter } = options;
  const isWholeNamed = isNamed(filter, resource);
  // What an instance is made of is shown whole, once the instance is.
  const inside = { ...options, filter: { ...filter, resources: null } };
  for (const instance of resource.children) {
    if (isElsewhere(filter, instance)) continue;
    if (!isIncluded(filter, instance, isWholeNamed ? "with parents" : "itself")) continue;
    const instanceElement = resourceElement(instance, inside);
    if (instanceElement !== null) element.append(instanceElement);
  }
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
    if (isElsewhere(options.filter, replica.container)) continue;
    const parts = shownParts(resource, replica, options);
    if (parts.length === 0) continue;
    const replicaElement = new XmlElement("replica", [["id", String(replica.number)]]);
    for (const part of parts) replicaElement.append(primitiveElement(part, options));
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

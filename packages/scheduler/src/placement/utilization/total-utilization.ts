import { hasFlags, type Resource, ResourceFlag, Variant } from "../../model/resource.ts";
import { amountOf } from "./capacity.ts";

/** What resources that are not assigned yet need together. Source: part 2, 19.3. */
export function totalUtilization(resources: readonly Resource[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const resource of resources) addResource(total, resource, resources);
  return total;
}

/** What one primitive needs. */
export function ownUtilization(resource: Resource): Map<string, number> {
  const needs = new Map<string, number>();
  addOwn(needs, resource);
  return needs;
}

function addResource(total: Map<string, number>, resource: Resource, list: readonly Resource[]): void {
  if (!isUnassigned(resource)) return;
  switch (resource.variant) {
    case Variant.Primitive:
      addOwn(total, resource);
      return;
    case Variant.Group:
      addGroup(total, resource, list);
      return;
    case Variant.Clone:
      addClone(total, resource, list);
      return;
    case Variant.Bundle: {
      const container = resource.bundle?.replicas[0]?.container;
      if (container !== undefined) addResource(total, container, list);
      return;
    }
  }
}

/** Members that are in the list are counted there. */
function addGroup(total: Map<string, number>, group: Resource, list: readonly Resource[]): void {
  const isCloned = group.parent !== null && group.parent.variant === Variant.Clone;
  const countsAll = group.group?.isColocated === true || isCloned;
  const members = countsAll ? group.children : group.children.slice(0, 1);
  for (const member of members) {
    if (isUnassigned(member) && !list.includes(member)) addOwn(total, member);
  }
}

/** One instance stands for the clone, unless instances are in the list already. */
function addClone(total: Map<string, number>, clone: Resource, list: readonly Resource[]): void {
  let isCounted = false;
  for (const instance of clone.children) {
    if (list.includes(instance)) {
      isCounted = true;
    } else if (instance.children.some((member) => list.includes(member))) {
      addResource(total, instance, list);
      isCounted = true;
    }
  }
  const [first] = clone.children;
  if (!isCounted && first !== undefined) addResource(total, first, list);
}

function addOwn(total: Map<string, number>, resource: Resource): void {
  for (const [name, text] of resource.utilization) total.set(name, (total.get(name) ?? 0) + amountOf(text));
}

function isUnassigned(resource: Resource): boolean {
  return hasFlags(resource, ResourceFlag.Unassigned);
}

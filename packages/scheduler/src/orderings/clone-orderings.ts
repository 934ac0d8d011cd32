import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";
import { type CloneFacts, hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { orderTasks } from "./add-ordering.ts";
import { orderInsideGroup } from "./group-orderings.ts";
import { orderInsidePrimitive } from "./primitive-orderings.ts";

/** Source: part 3, 10.3. */
export function orderInsideClone(cluster: Cluster, clone: Resource, facts: CloneFacts): void {
  const isPromotable = hasFlags(clone, ResourceFlag.Promotable);
  const blocks = RelationKind.UnrunnableFirstBlocks;
  orderTasks(cluster, [clone, "stopped"], [clone, "start"], RelationKind.Ordered);
  orderTasks(cluster, [clone, "start"], [clone, "running"], blocks);
  orderTasks(cluster, [clone, "stop"], [clone, "stopped"], blocks);
  if (isPromotable) {
    orderTasks(cluster, [clone, "demoted"], [clone, "stop"], RelationKind.Ordered);
    orderTasks(cluster, [clone, "running"], [clone, "promote"], blocks);
  }
  if (facts.isOrdered) sortByInstanceNumber(clone.children);
  for (let i = 0; i < clone.children.length; i++) {
    const instance = clone.children[i] as Resource;
    orderInsideInstance(cluster, instance);
    orderTasks(cluster, [clone, "start"], [instance, "start"], blocks | RelationKind.ThenImpliesFirstGraphed);
    orderTasks(cluster, [instance, "start"], [clone, "running"], RelationKind.FirstImpliesThenGraphed);
    orderTasks(cluster, [clone, "stop"], [instance, "stop"], RelationKind.ThenImpliesFirstGraphed);
    orderTasks(cluster, [instance, "stop"], [clone, "stopped"], RelationKind.FirstImpliesThenGraphed);
    if (!facts.isOrdered) continue;
    for (let j = i + 1; j < clone.children.length; j++) {
      const later = clone.children[j] as Resource;
      orderTasks(cluster, [instance, "start"], [later, "start"], RelationKind.Ordered);
      orderTasks(cluster, [later, "stop"], [instance, "stop"], RelationKind.Ordered);
    }
  }
  if (isPromotable) orderInsidePromotable(cluster, clone, facts);
}

function orderInsideInstance(cluster: Cluster, instance: Resource): void {
  if (instance.group !== null) orderInsideGroup(cluster, instance, instance.group);
  else orderInsidePrimitive(cluster, instance);
}

function orderInsidePromotable(cluster: Cluster, clone: Resource, facts: CloneFacts): void {
  const ordered = RelationKind.Ordered;
  orderPromotableRestart(cluster, clone);
  let previous: Resource | null = null;
  for (const instance of clone.children) {
    orderTasks(cluster, [instance, "demote"], [instance, "promote"], ordered);
    orderTasks(cluster, [clone, "promote"], [instance, "promote"], ordered);
    orderTasks(cluster, [instance, "promote"], [clone, "promoted"], ordered);
    if (facts.isOrdered && previous !== null) {
      orderTasks(cluster, [previous, "promote"], [instance, "promote"], ordered);
    }
    orderTasks(cluster, [clone, "demote"], [instance, "demote"], RelationKind.ThenImpliesFirstGraphed);
    orderTasks(cluster, [instance, "demote"], [clone, "demoted"], RelationKind.FirstImpliesThenGraphed);
    if (facts.isOrdered && previous !== null) {
      orderTasks(cluster, [instance, "demote"], [previous, "demote"], ordered);
    }
    previous = instance;
  }
}

/** The order of the collective's own actions when it restarts or changes roles. Source: part 3, 10.5. */
export function orderPromotableRestart(cluster: Cluster, collective: Resource): void {
  const pairs = [
    ["stopped", "start"],
    ["stopped", "promote"],
    ["demoted", "stop"],
    ["demoted", "start"],
    ["demoted", "promote"],
    ["running", "promote"],
    ["demote", "demoted"],
  ] as const;
  for (const [first, then] of pairs) {
    orderTasks(cluster, [collective, first], [collective, then], RelationKind.Ordered);
  }
}

/** Sorts instances in place; the order stays for later stages. */
export function sortByInstanceNumber(instances: Resource[]): void {
  // Asked for once a node, and in order ever after: sorting makes lists of its own.
  if (!isInOrder(instances)) instances.sort((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0));
}

function isInOrder(instances: readonly Resource[]): boolean {
  let last = -1;
  for (const { instanceNumber } of instances) {
    if ((instanceNumber ?? 0) < last) return false;
    last = instanceNumber ?? 0;
  }
  return true;
}

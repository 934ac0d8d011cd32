import { locationsOf } from "../activity.ts";
import { isInBundle, topOf, topWithBundle } from "../ancestry.ts";
import { type ClusterNode, hasNodeFlags, isClean, isGuestNode, NodeFlag } from "../node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../resource.ts";
import { createInstance } from "../resources/clone.ts";
import type { Unpacking } from "../unpacking.ts";

/**
 * The resource that a history entry of that name on that node belongs to; null if the configuration has none.
 * An entry of an anonymous clone belongs to whichever instance is, or can be, on the node. Source: part 1, 11.5.
 */
export function findOwner(unpacking: Unpacking, node: ClusterNode, name: string): Resource | null {
  const { lookup } = unpacking;
  let candidate = lookup.resource(name);
  if (candidate !== null) {
    if (candidate.variant !== Variant.Primitive) return null;
  } else {
    const first = lookup.resource(`${baseNameOf(name)}:0`);
    if (first !== null && !hasFlags(first, ResourceFlag.Unique)) candidate = first;
  }
  if (candidate === null) return null;
  const top = topOf(candidate);
  let owner: Resource | null = candidate;
  if (top.clone !== null && !hasFlags(top, ResourceFlag.Unique)) {
    owner = isInBundle(top)
      ? replicaInstanceOn(top, node)
      : findInstance(unpacking, top, node, baseNameOf(name));
  }
  if (owner !== null && owner.id !== name && owner.historyName !== name) lookup.setHistoryName(owner, name);
  return owner;
}

/** A resource name without one trailing `:DIGITS`. Source: part 1, 2.9. */
export function baseNameOf(name: string): string {
  return name.replace(/:\d+$/, "");
}

function replicaInstanceOn(clone: Resource, node: ClusterNode): Resource | null {
  for (const replica of topWithBundle(clone).bundle?.replicas ?? []) {
    if (replica.node === node) return replica.instance;
  }
  return null;
}

/** Source: part 1, 11.5 rule 5. */
function findInstance(
  unpacking: Unpacking,
  clone: Resource,
  node: ClusterNode,
  baseName: string,
): Resource | null {
  const facts = clone.clone;
  if (facts === null) return null;
  let result: Resource | null = null;
  let areInactiveRuledOut = false;
  for (const instance of facts.instancesByNode.get(node) ?? []) {
    if (locationsOf(instance, "pending").length !== 1) continue;
    const member = memberOf(instance, baseName);
    if (member === null) continue;
    if (member.activeNodes.length > 0) {
      areInactiveRuledOut = true;
      continue;
    }
    result = member;
    break;
  }
  if (result === null && !areInactiveRuledOut) result = findInactive(clone, node, baseName);
  if (result !== null && mustNotUse(unpacking, clone, result, node)) result = null;
  if (result !== null) return result;
  const created = createInstance(unpacking, clone);
  return created === null ? null : memberOf(created, baseName);
}

/** The first instance that is nowhere; instances never lose a place again while history is read. */
function findInactive(clone: Resource, node: ClusterNode, baseName: string): Resource | null {
  const facts = clone.clone;
  if (facts === null) return null;
  for (let i = facts.firstInactive; i < clone.children.length; i++) {
    const instance = clone.children[i];
    if (instance === undefined) continue;
    if (locationsOf(instance, "pending").length > 0) {
      if (i === facts.firstInactive) facts.firstInactive++;
      continue;
    }
    if (hasFlags(instance, ResourceFlag.Blocked)) continue;
    const member = memberOf(instance, baseName);
    if (member !== null && (member.pendingNode === null || member.pendingNode === node)) return member;
  }
  return null;
}

/**
 * Without fencing, what runs on a lost node may run nowhere by now: it must not use up an instance that an
 * available node could have.
 */
function mustNotUse(unpacking: Unpacking, clone: Resource, member: Resource, node: ClusterNode): boolean {
  return (
    !hasFlags(member, ResourceFlag.NeedsFencing) &&
    (!isClean(node) || !hasNodeFlags(node, NodeFlag.Online)) &&
    !isGuestNode(node) &&
    clone.clone?.max !== unpacking.cluster.nodes.length
  );
}

/** The instance itself, or its member, that has this id. */
function memberOf(instance: Resource, baseName: string): Resource | null {
  if (instance.id === baseName || instance.configuredId === baseName) return instance;
  for (const child of instance.children) {
    const member = memberOf(child, baseName);
    if (member !== null) return member;
  }
  return null;
}

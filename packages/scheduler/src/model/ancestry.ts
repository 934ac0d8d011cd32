import type { BundleReplica } from "./bundle.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "./resource.ts";

/**
 * The topmost ancestor that is not a bundle, or the resource itself: for a bundled instance the bundled clone,
 * for a container the container. Source: part 2, 1.3 ("uber-parent").
 */
export function topOf(resource: Resource): Resource {
  let top = resource;
  while (top.parent !== null && top.parent.variant !== Variant.Bundle) top = top.parent;
  return top;
}

/** The topmost ancestor, bundles included. */
export function topWithBundle(resource: Resource): Resource {
  let top = resource;
  while (top.parent !== null) top = top.parent;
  return top;
}

/** True for the parts of a bundle (not for the bundle itself). */
export function isInBundle(resource: Resource): boolean {
  return resource.parent !== null && topWithBundle(resource).variant === Variant.Bundle;
}

/** What a failure or ban of the resource is applied to: an anonymous clone is treated as a whole. */
export function scopeOfBan(resource: Resource): Resource {
  return hasFlags(resource, ResourceFlag.Unique) ? resource : topOf(resource);
}

/** The replica that the resource is a part of: its container, address, connection or bundled instance. */
export function replicaOf(resource: Resource): BundleReplica | null {
  const bundle = topWithBundle(resource).bundle;
  if (bundle === null) return null;
  for (let part: Resource | null = resource; part !== null; part = part.parent) {
    for (const replica of bundle.replicas) {
      if (
        replica.container === part ||
        replica.ip === part ||
        replica.connection === part ||
        replica.instance === part
      ) {
        return replica;
      }
    }
  }
  return null;
}

/** Calls back for every descendant without children, and for the resource itself if it has none; depth first. */
export function forEachLeaf(resource: Resource, visit: (leaf: Resource) => void): void {
  if (resource.children.length === 0) {
    visit(resource);
    return;
  }
  for (const child of resource.children) forEachLeaf(child, visit);
}

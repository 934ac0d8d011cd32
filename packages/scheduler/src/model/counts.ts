import type { Cluster } from "./cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "./resource.ts";
import { requestedRole } from "./resources/settings.ts";
import { Role } from "./role.ts";

/** Resource instances, and how many of them are disabled or blocked. Source: part 1, 23. */
export interface ResourceCounts {
  readonly total: number;
  readonly disabled: number;
  readonly blocked: number;
}

/** Counts primitives; a removed one only while it is active. Ask before placement changes the model. */
export function countResources(cluster: Cluster): ResourceCounts {
  let total = 0;
  let disabled = 0;
  let blocked = 0;
  const visit = (resource: Resource): void => {
    if (resource.children.length > 0) {
      for (const child of resource.children) visit(child);
      return;
    }
    if (hasFlags(resource, ResourceFlag.Removed) && resource.role <= Role.Stopped) return;
    total++;
    if (requestedRole(resource) !== null) disabled++;
    if (hasFlags(resource, ResourceFlag.Blocked)) blocked++;
  };
  for (const resource of cluster.resources) visit(resource);
  return { total, disabled, blocked };
}

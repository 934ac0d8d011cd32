import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { isDisabled } from "./resource-facts.ts";

/** How many primitives there are, every instance counted. Source: scheduler specification, part 4, 3.5. */
export interface InstanceCounts {
  readonly total: number;
  readonly disabled: number;
  readonly blocked: number;
}

/** Of the status as it was unpacked: scheduling changes flags that this looks at. */
export function countInstances(cluster: Cluster): InstanceCounts {
  let total = 0;
  let disabled = 0;
  let blocked = 0;
  const count = (resource: Resource): void => {
    if (resource.bundle !== null) {
      for (const { ip, instance, container, connection } of resource.bundle.replicas) {
        for (const part of [ip, instance, container, connection]) if (part !== null) count(part);
      }
      return;
    }
    if (resource.children.length > 0) {
      for (const child of resource.children) count(child);
      return;
    }
    if (resource.primitive === null) return;
    if (hasFlags(resource, ResourceFlag.Removed) && resource.role <= Role.Stopped) return;
    total++;
    if (isDisabled(resource)) disabled++;
    if (hasFlags(resource, ResourceFlag.Blocked)) blocked++;
  };
  for (const resource of cluster.resources) count(resource);
  return { total, disabled, blocked };
}

import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Resource } from "../model/resource.ts";

/**
 * The resource that an id in a constraint means: by id or history name; an instance that is only known by its history
 * name stands for its clone. Source: scheduler specification, part 2, 3.2.
 */
export function findConstraintResource(cluster: Cluster, id: string): Resource | null {
  const found = cluster.lookup.resource(id);
  if (found === null || found.id === id) return found;
  return topOf(found);
}

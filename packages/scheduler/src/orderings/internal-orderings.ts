import type { Cluster } from "../model/cluster.ts";
import type { Resource } from "../model/resource.ts";
import { orderInsideBundle } from "./bundle-orderings.ts";
import { orderInsideClone } from "./clone-orderings.ts";
import { orderInsideGroup } from "./group-orderings.ts";
import { orderInsidePrimitive } from "./primitive-orderings.ts";

/** Creates the orderings that every resource has of its own, whatever is configured. Source: part 3, 10. */
export function orderInternally(cluster: Cluster): void {
  for (const resource of cluster.resources) orderInside(cluster, resource);
}

/** The orderings of one resource and what is in it. */
function orderInside(cluster: Cluster, resource: Resource): void {
  if (resource.bundle !== null) orderInsideBundle(cluster, resource, resource.bundle);
  else if (resource.clone !== null) orderInsideClone(cluster, resource, resource.clone);
  else if (resource.group !== null) orderInsideGroup(cluster, resource, resource.group);
  else orderInsidePrimitive(cluster, resource);
}

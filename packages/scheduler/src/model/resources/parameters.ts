import { readBlocks } from "../blocks.ts";
import type { Cluster } from "../cluster.ts";
import type { ClusterNode } from "../node.ts";
import type { Resource } from "../resource.ts";

/**
 * The instance attributes of a resource as they are on a node, or without any node: its own blocks, then those of
 * its ancestors. Reading them offers recheck times, so they are read when they are needed first, and then kept, once for all
 * instances of a clone: they and what they are in have the same elements.
 * The result must not be changed. Source: part 1, 6.13 and 22.
 */
export function parametersOf(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode | null,
): ReadonlyMap<string, string> {
  const cached = cluster.parameters.get(resource.xml);
  const byNode = cached ?? {
    shared: null,
    byNode: new Map<ClusterNode | null, ReadonlyMap<string, string>>(),
  };
  if (cached === undefined) cluster.parameters.set(resource.xml, byNode);
  if (byNode.shared !== null) return byNode.shared;
  const known = byNode.byNode.get(node);
  if (known !== undefined) return known;
  const table = new Map<string, string>();
  let hasRules = false;
  for (let source: Resource | null = resource; source !== null; source = source.parent) {
    readBlocks(cluster, table, source.xml, "instance_attributes", { node });
    hasRules ||= dependsOnNode(source);
  }
  if (hasRules) byNode.byNode.set(node, table);
  else byNode.shared = table;
  return table;
}

/** Conservative: a rule, or a reference to a block elsewhere that may have one. */
function dependsOnNode(resource: Resource): boolean {
  for (const block of resource.xml.all("instance_attributes")) {
    if (block.get("id-ref") !== null) return true;
    for (const child of block.elements())
      if (child.name === "rule" || child.name === "attributes") return true;
  }
  return false;
}

export interface ParameterCache {
  /** Set when no rule can make a difference between nodes. */
  shared: ReadonlyMap<string, string> | null;
  readonly byNode: Map<ClusterNode | null, ReadonlyMap<string, string>>;
}

import type { Cluster } from "../cluster.ts";
import type { LookupIndex } from "../lookup.ts";
import { type ClusterNode, createNode, type NodeKind } from "../node.ts";
import { compareNodeNames } from "../node-order.ts";

/**
 * Makes a node and puts it in its place in the node list: before the first one that is not less.
 * Source: part 1, 2.10 and 5.1.
 */
export function addNode(
  cluster: Cluster,
  lookup: LookupIndex,
  facts: { readonly id: string; readonly name: string; readonly kind: NodeKind; readonly baseScore: number },
): ClusterNode {
  const node = createNode({ index: cluster.nodesByIndex.length, ...facts });
  node.attributes.set("#kind", facts.kind);
  cluster.nodesByIndex.push(node);
  cluster.nodes.splice(lowerBound(cluster.nodes, node.name), 0, node);
  lookup.addNode(node);
  return node;
}

function lowerBound(nodes: readonly ClusterNode[], name: string): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = nodes[middle];
    if (candidate !== undefined && compareNodeNames(candidate.name, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";

/**
 * Seconds by which fencing of the node waits, so that in a split of equal halves the half with the more important
 * resources wins: the option's value if the node is an offline cluster node with the highest priority, priorities
 * differ, and at most half of the cluster nodes are online; else 0. Source: part 3, 21.5.
 */
export function priorityFencingDelayS(cluster: Cluster, node: ClusterNode): number {
  if (node.kind !== "cluster" || (node.flags & NodeFlag.Online) !== 0) return 0;
  let nodeCount = 0;
  let onlineCount = 0;
  let priorityMax = 0;
  let priorityMin = 0;
  for (const other of cluster.nodes) {
    if (other.kind !== "cluster") continue;
    priorityMax = nodeCount === 0 ? other.priority : Math.max(priorityMax, other.priority);
    priorityMin = nodeCount === 0 ? other.priority : Math.min(priorityMin, other.priority);
    nodeCount += 1;
    if ((other.flags & NodeFlag.Online) !== 0) onlineCount += 1;
  }
  if (onlineCount > Math.floor(nodeCount / 2)) return 0;
  if (priorityMin === priorityMax || node.priority < priorityMax) return 0;
  return Math.floor(cluster.options.priorityFencingDelayMs / 1000);
}

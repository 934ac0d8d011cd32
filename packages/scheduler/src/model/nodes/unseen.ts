import type { Cluster } from "../cluster.ts";
import { type ClusterNode, NodeFlag } from "../node.ts";

/**
 * A node of which nothing was heard yet: unclean if nodes are fenced at startup. A remote node without connection
 * is left clean. Source: part 1, 5.5.
 */
export function markUnseen(cluster: Cluster, node: ClusterNode): void {
  if (node.kind === "remote" && node.connection === null) return;
  if (cluster.options.fencesAtStartup) {
    node.flags |= NodeFlag.Unclean;
  } else {
    node.flags &= ~NodeFlag.Unclean;
  }
}

import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";

/** Remote nodes that entered or left maintenance since that was last recorded for them; node order. */
export function nodesWithNewMaintenance(cluster: Cluster): ClusterNode[] {
  return cluster.nodes.filter((node) => {
    if (node.kind !== "remote") return false;
    const isInMaintenance = (node.flags & NodeFlag.Maintenance) !== 0;
    return isInMaintenance !== ((node.flags & NodeFlag.RemoteMaintenance) !== 0);
  });
}

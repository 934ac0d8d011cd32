import { activeCounts, currentNode } from "../model/activity.ts";
import type { ClusterNode } from "../model/node.ts";
import { NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { wantsShutdown } from "../model/status/cluster-node-state.ts";

/**
 * What the connection to a remote node will be, as far as placement knows:
 * `alive` it is there; `resting` it will be opened again; `stopped` it is closed cleanly; `failed` it cannot be had;
 * `unknown` there was none.
 */
export type ConnectionState = "unknown" | "alive" | "resting" | "stopped" | "failed";

/** Source: part 3, 20.2. */
export function connectionState(connection: Resource, node: ClusterNode | null): ConnectionState {
  const current = currentNode(connection);
  if (connection.nextRole === Role.Stopped || connection.assignedNode === null) {
    if (current !== null && (current.flags & NodeFlag.Unclean) !== 0) return "failed";
    if (!hasFlags(connection, ResourceFlag.Failed)) return "stopped";
    const isFencedAndWaiting =
      connection.nextRole === Role.Stopped &&
      connection.reconnectIntervalMs > 0 &&
      node !== null &&
      (node.flags & NodeFlag.RemoteFenced) !== 0 &&
      // Not the flag: placement sets that for every remote node without connection.
      !wantsShutdown(node);
    return isFencedAndWaiting ? "unknown" : "failed";
  }
  if (current === null) return "unknown";
  if ((current.flags & (NodeFlag.Unclean | NodeFlag.Online)) !== NodeFlag.Online) return "resting";
  if (
    activeCounts(connection).all > 1 &&
    connection.partialMigrationSource !== null &&
    connection.partialMigrationTarget !== null
  ) {
    return "resting";
  }
  return "alive";
}

import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { addRelation } from "../orderings/relations.ts";
import { fencingAction } from "./fencing.ts";
import { orderAgainstFencing } from "./fencing-orders.ts";
import { firstAction } from "./find-actions.ts";

/**
 * A guest node is fenced by stopping its launcher; the pseudo-action tells everybody that it happened.
 * Source: part 3, 21.7.
 */
export function fenceGuest(cluster: Cluster, node: ClusterNode): void {
  const connection = node.connection;
  const launcher = connection?.launcher ?? null;
  const stop = launcher === null ? null : firstAction(launcher, "stop");
  const restarts = launcher !== null && firstAction(launcher, "start") !== null;
  const fencing = fencingAction(cluster, {
    node,
    action: restarts ? "reboot" : "off",
    isOptional: false,
    reason: { kind: "guest is unclean" },
  });
  fencing.flags |= ActionFlag.Pseudo | ActionFlag.Runnable;
  const implies = RelationKind.UnrunnableFirstBlocks | RelationKind.FirstImpliesThen;
  if (stop !== null) {
    addRelation(fencingOfHost(cluster, stop) ?? stop, fencing, implies);
  } else if (connection !== null) {
    const disconnect = firstAction(connection, "stop");
    if (disconnect !== null) addRelation(disconnect, fencing, RelationKind.Ordered);
  }
  orderAgainstFencing(cluster, node, fencing);
}

/** When the launcher's stop is itself implied by the fencing of its host: that fencing. */
function fencingOfHost(cluster: Cluster, stop: Action): Action | null {
  if (!hasActionFlags(stop, ActionFlag.Pseudo) || stop.node === null) return null;
  return fencingAction(cluster, { node: stop.node, isOptional: false, reason: null });
}

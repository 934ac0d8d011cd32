import { type Action, ActionFlag } from "../model/action.ts";
import { forEachLeaf, isInBundle, topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode, NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { addRelation } from "../orderings/relations.ts";
import { notifyOfImpliedStop } from "./fencing-notifications.ts";
import { allActions, firstAction } from "./find-actions.ts";

/**
 * Orders everything against the fencing of a node: starts wait for it, and stops on the node are implied by it.
 * Source: part 3, 21.8.
 */
export function orderAgainstFencing(cluster: Cluster, node: ClusterNode, fencing: Action): void {
  for (const resource of cluster.resources) {
    forEachLeaf(resource, (leaf) => {
      if (!hasFlags(leaf, ResourceFlag.Managed)) return;
      orderStarts(leaf, node, fencing);
      orderStops(cluster, leaf, node, fencing);
    });
  }
}

function orderStarts(resource: Resource, node: ClusterNode, fencing: Action): void {
  for (let i = resource.actions.length - 1; i >= 0; i--) {
    const action = resource.actions[i] as Action;
    switch (action.requirement) {
      case "fencing":
        addRelation(fencing, action, RelationKind.Ordered);
        break;
      case "quorum":
        if (action.task === "start" && resource.allowedNodes.has(node) && !isKnownOn(resource, node)) {
          addRelation(fencing, action, RelationKind.Ordered | RelationKind.UnrunnableFirstBlocks);
        }
        break;
      case "nothing":
        break;
    }
  }
}

/** For an instance of an anonymous clone it is enough that the clone's state is known. */
function isKnownOn(resource: Resource, node: ClusterNode): boolean {
  if (resource.knownNodes.has(node)) return true;
  const parent = resource.parent;
  return (
    parent !== null &&
    parent.clone !== null &&
    !hasFlags(parent, ResourceFlag.Unique) &&
    parent.knownNodes.has(node)
  );
}

function orderStops(cluster: Cluster, resource: Resource, node: ClusterNode, fencing: Action): void {
  const isImplied = hasFlags(resource, ResourceFlag.NeedsFencing) || isGuestNode(node);
  const isBundled = isInBundle(resource);
  const stops = [...allActions(resource, "stop", node)];
  const topStop = stops.length > 0 && isImplied ? firstAction(topOf(resource), "stop") : null;
  for (const stop of stops) {
    stop.flags |= ActionFlag.Pseudo | ActionFlag.Runnable;
    if (isImplied) {
      if (!isBundled) addRelation(fencing, stop, RelationKind.GuestAllowed);
      if (topStop !== null) addRelation(fencing, topStop, RelationKind.GuestAllowed);
    }
    if (hasFlags(resource, ResourceFlag.Notify)) {
      notifyOfImpliedStop(cluster, { resource, stop, fencing });
    }
  }
  const isGone = (node.flags & (NodeFlag.Online | NodeFlag.Unclean)) !== NodeFlag.Online;
  if (!isGone && !hasFlags(resource, ResourceFlag.Failed)) return;
  for (const demote of allActions(resource, "demote", node)) {
    demote.flags |= ActionFlag.Pseudo | ActionFlag.Runnable;
    if (!isBundled && isImplied) {
      addRelation(fencing, demote, RelationKind.GuestAllowed | RelationKind.Ordered);
    }
  }
}

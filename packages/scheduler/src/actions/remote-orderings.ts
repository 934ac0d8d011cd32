import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addOrdering, sideOf, sideOfAction } from "../orderings/add-ordering.ts";
import { connectionState } from "./connection-state.ts";
import { requestFencing } from "./fencing.ts";
import { allActions } from "./find-actions.ts";

/**
 * Orders what happens on remote and guest nodes against their connections, and fences nodes of which the
 * connection is lost. Source: part 3, 20.
 */
export function orderRemoteActions(cluster: Cluster): void {
  if (!cluster.nodes.some((node) => node.kind === "remote")) return;
  const actionCount = cluster.actions.length;
  for (let i = actionCount - 1; i >= 0; i--) {
    const action = cluster.actions[i] as Action;
    const resource = action.resource;
    if (resource === null) continue;
    if (action.task === "clear_failcount" && hasFlags(resource, ResourceFlag.RemoteConnection)) {
      addOrdering(cluster, {
        first: sideOfAction(action),
        then: sideOf(resource, "start"),
        kinds: RelationKind.Ordered,
      });
      continue;
    }
    const node = action.node;
    if (node === null || node.kind !== "remote" || hasActionFlags(action, ActionFlag.Pseudo)) continue;
    const connection = node.connection;
    if (connection === null) continue;
    if (action.task === "start") orderStopsElsewhere(cluster, { action, resource, connection, node });
    if (connection.launcher === null) {
      orderOnRemoteNode(cluster, { action, connection, node });
    } else {
      orderOnGuestNode(cluster, { action, connection, node, launcher: connection.launcher });
    }
  }
}

/** The connection is there before the resource stops where it comes from. Source: part 3, 20.1 step 3. */
function orderStopsElsewhere(
  cluster: Cluster,
  facts: {
    readonly action: Action;
    readonly resource: Resource;
    readonly connection: Resource;
    readonly node: ClusterNode;
  },
): void {
  for (const stop of allActions(facts.resource, "stop")) {
    if (stop.node === facts.node) continue;
    addOrdering(cluster, {
      first: sideOf(facts.connection, "start"),
      then: sideOfAction(stop),
      kinds: RelationKind.Ordered,
    });
  }
}

/** Also the launcher of a connection can take its place. */
function orderAfterStart(cluster: Cluster, connection: Resource, action: Action, extra: number): void {
  addOrdering(cluster, {
    first: sideOf(connection, "start"),
    then: sideOfAction(action),
    kinds: RelationKind.GuestAllowed | RelationKind.UnrunnableFirstBlocks | extra,
  });
}

function orderBeforeStop(cluster: Cluster, connection: Resource, action: Action, extra: number): void {
  addOrdering(cluster, {
    first: sideOfAction(action),
    then: sideOf(connection, "stop"),
    kinds: RelationKind.GuestAllowed | extra,
  });
}

/** Source: part 3, 20.3. */
function orderOnRemoteNode(
  cluster: Cluster,
  facts: { readonly action: Action; readonly connection: Resource; readonly node: ClusterNode },
): void {
  const { action, connection, node } = facts;
  const state = connectionState(connection, node);
  switch (foldMigration(action.task)) {
    case "start":
    case "promote":
      orderAfterStart(
        cluster,
        connection,
        action,
        state === "failed" ? RelationKind.FirstImpliesThen : RelationKind.None,
      );
      return;
    case "stop":
      if (state === "alive") {
        orderBeforeStop(cluster, connection, action, RelationKind.ThenImpliesFirst);
      } else if (state === "failed") {
        requestFencing(cluster, node, {
          kind: "resources are active but connection is unrecoverable",
        });
      } else if (connection.nextRole === Role.Stopped) {
        orderBeforeStop(cluster, connection, action, RelationKind.ThenImpliesFirst);
      } else {
        orderAfterStart(cluster, connection, action, RelationKind.None);
      }
      return;
    case "demote":
      if (state === "resting" || state === "unknown") {
        orderAfterStart(cluster, connection, action, RelationKind.None);
      }
      return;
    default:
      break;
  }
  if (isRecurring(action)) {
    orderAfterStart(cluster, connection, action, RelationKind.FirstImpliesThen);
    return;
  }
  if (action.task === "monitor" && state === "failed") {
    requestFencing(cluster, node, {
      kind: "resources are in unknown state and connection is unrecoverable",
    });
  }
  if (state === "stopped" && currentNode(connection) !== null) {
    orderBeforeStop(cluster, connection, action, RelationKind.UnrunnableFirstBlocks);
  } else {
    orderAfterStart(cluster, connection, action, RelationKind.None);
  }
}

/** Source: part 3, 20.4. */
function orderOnGuestNode(
  cluster: Cluster,
  facts: {
    readonly action: Action;
    readonly connection: Resource;
    readonly node: ClusterNode;
    readonly launcher: Resource;
  },
): void {
  const { action, connection, launcher } = facts;
  const isLauncherFailed = hasFlags(launcher, ResourceFlag.Failed);
  if (isLauncherFailed) requestFencing(cluster, facts.node, { kind: "container failed" });
  switch (foldMigration(action.task)) {
    case "start":
    case "promote":
      orderAfterStart(cluster, launcher, action, RelationKind.FirstImpliesThen);
      orderAfterStart(cluster, connection, action, RelationKind.None);
      return;
    case "stop":
    case "demote":
      if (!isLauncherFailed) orderBeforeStop(cluster, connection, action, RelationKind.None);
      return;
    default:
      break;
  }
  if (isRecurring(action)) {
    if (isKnownTask(action.task)) {
      orderAfterStart(cluster, connection, action, RelationKind.FirstImpliesThen);
    }
  } else {
    orderAfterStart(cluster, connection, action, RelationKind.None);
  }
}

/** A resource that migrates away from a remote node stops there, as far as the connection is concerned. */
function foldMigration(task: string): string {
  return task === "migrate_to" || task === "migrate_from" ? "stop" : task;
}

function isRecurring(action: Action): boolean {
  return Number(action.meta.get("interval") ?? "0") > 0;
}

/** Tasks that the scheduler itself knows; recurring operations may have any other name. */
function isKnownTask(task: string): boolean {
  return task === "monitor" || task === "notify" || task === "notified";
}

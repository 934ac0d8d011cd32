import type { Action } from "../model/action.ts";
import { currentNode } from "../model/activity.ts";
import type { ClusterNode } from "../model/node.ts";

const DOWN_TASKS: ReadonlySet<string> = new Set(["cancel", "stop", "demote", "migrate_from", "migrate_to"]);

/**
 * The cluster node through which an action on a remote or guest node is done: where the connection is, or where it
 * will be. Null for actions on cluster nodes. Source: part 4, 13.7; part 3, 20.5.
 */
export function routerNode(action: Action): ClusterNode | null {
  const node = action.node;
  if (node === null || node.kind !== "remote" || action.task === "stonith") return null;
  const connection = node.connection;
  if (connection === null) return null;
  const began = currentNode(connection);
  const ended = connection.assignedNode;
  if (began === null) return ended;
  if (ended === null || began === ended) return began;
  const task = action.task === "notify" ? (action.meta.get("notify_operation") ?? "") : action.task;
  const isPartial = connection.launcher === null && connection.partialMigrationTarget !== null;
  return DOWN_TASKS.has(task) && !isPartial ? began : ended;
}

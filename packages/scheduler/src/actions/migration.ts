import { ActionFlag } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { orderTasks } from "../orderings/add-ordering.ts";
import { setMeta } from "./action-meta.ts";
import { requestResourceAction } from "./request-action.ts";

/**
 * Whether a resource that moves may try to migrate live. Orderings may still forbid it. Source: part 3, 17.1.
 */
export function isMigrationPossible(
  resource: Resource,
  current: ClusterNode,
  assigned: ClusterNode,
): boolean {
  return (
    hasFlags(resource, ResourceFlag.Migratable | ResourceFlag.Managed) &&
    (resource.flags & (ResourceFlag.Failed | ResourceFlag.StartPending)) === 0 &&
    ((current.flags | assigned.flags) & NodeFlag.Unclean) === 0
  );
}

/** Source: part 3, 17.2. */
export function createMigrationActions(
  cluster: Cluster,
  resource: Resource,
  current: ClusterNode,
  assigned: ClusterNode,
): void {
  const optionalOn = (task: string, node: ClusterNode) =>
    requestResourceAction(cluster, resource, task, { node, isOptional: true });
  const isPartial = resource.partialMigrationTarget !== null;
  const start = optionalOn("start", assigned);
  const stop = optionalOn("stop", current);
  const migrateTo = isPartial ? null : optionalOn("migrate_to", current);
  const migrateFrom = optionalOn("migrate_from", assigned);
  start.flags |= ActionFlag.Migratable | ActionFlag.Pseudo;
  stop.flags |= ActionFlag.Migratable;
  migrateFrom.flags |= ActionFlag.Migratable;

  const ordered = RelationKind.Ordered;
  const blocks = ordered | RelationKind.UnmigratableThenBlocks;
  if (migrateTo !== null) {
    migrateTo.flags |= ActionFlag.Migratable;
    migrateTo.requirement = start.requirement;
    orderTasks(cluster, [resource, "monitor"], [resource, "migrate_to"], ordered);
    orderTasks(cluster, [resource, "migrate_to"], [resource, "migrate_from"], blocks);
  } else {
    migrateFrom.requirement = start.requirement;
    orderTasks(cluster, [resource, "monitor"], [resource, "migrate_from"], ordered);
  }
  orderTasks(cluster, [resource, "migrate_from"], [resource, "stop"], blocks);
  orderTasks(cluster, [resource, "migrate_from"], [resource, "start"], blocks | RelationKind.FirstElseThen);

  for (const migration of [migrateTo, migrateFrom]) {
    if (migration !== null) setMeta(migration, "migrate_source", current.name);
    if (migration !== null) setMeta(migration, "migrate_target", assigned.name);
  }
  if (migrateTo !== null && !hasFlags(resource, ResourceFlag.RemoteConnection)) {
    setMeta(migrateTo, "record-pending", "true");
  }
}

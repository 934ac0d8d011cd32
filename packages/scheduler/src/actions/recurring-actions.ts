import type { XmlElement } from "@quorate/xml";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isClean, NodeFlag } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { parseRole, Role } from "../model/role.ts";
import { addOrdering, sideOf, sideOfAction } from "../orderings/add-ordering.ts";
import { addRelation } from "../orderings/relations.ts";
import { actionKey } from "./action-key.ts";
import { expectResult } from "./action-meta.ts";
import { cancelAction } from "./cancel-action.ts";
import { isReloaded, RELOAD } from "./definition-check.ts";
import { actionsOnNode, allActions } from "./find-actions.ts";
import { findEnabledOperation } from "./operation-configuration.ts";
import { parseIntervalMs } from "./operation-interval.ts";
import { requestAction, requestResourceAction } from "./request-action.ts";

/** A configured operation that repeats. */
export interface RecurringOperation {
  readonly name: string;
  readonly intervalMs: number;
  /** Null: whatever role is not promoted. */
  readonly role: Role | null;
}

/** Creates, keeps or cancels the monitors and other recurring actions of a primitive. Source: part 3, 16. */
export function createRecurringActions(cluster: Cluster, resource: Resource): void {
  if ((resource.flags & (ResourceFlag.Blocked | ResourceFlag.Maintenance)) !== 0) return;
  const assigned = resource.assignedNode;
  let anchor: Action | null = null;
  if (
    assigned !== null &&
    (assigned.flags & NodeFlag.Maintenance) === 0 &&
    (resource.nextRole !== Role.Stopped || !hasFlags(resource, ResourceFlag.Managed))
  ) {
    anchor = requestResourceAction(cluster, resource, "start", { node: assigned, isOptional: true });
  }
  for (const operation of recurringOperations(cluster, resource)) {
    if (operation.role === Role.Stopped) {
      monitorWhereStopped(cluster, resource, operation);
    } else if (anchor !== null && assigned !== null) {
      monitorWhereActive(cluster, resource, operation, { anchor, node: assigned });
    }
  }
}

const NOT_RECURRING: ReadonlySet<string> = new Set([
  "start",
  "stop",
  "demote",
  "promote",
  "reload-agent",
  "migrate_to",
  "migrate_from",
]);

/** The same for all instances of a clone; but what is wrong is reported of each. */
function recurringOperations(cluster: Cluster, resource: Resource): readonly RecurringOperation[] {
  const known = cluster.recurringOperations.get(resource.xml);
  if (known !== undefined) return known;
  const problemCount = cluster.diagnostics.length;
  const made: RecurringOperation[] = [];
  for (const element of resource.operations) {
    const operation = recurringOperation(cluster, resource, element);
    if (operation !== null) made.push(operation);
  }
  if (cluster.diagnostics.length === problemCount) cluster.recurringOperations.set(resource.xml, made);
  return made;
}

/** Source: part 3, 16.1. */
function recurringOperation(
  cluster: Cluster,
  resource: Resource,
  element: XmlElement,
): RecurringOperation | null {
  const intervalMs = parseIntervalMs(element.get("interval"));
  if (intervalMs === 0) return null;
  const name = element.get("name") ?? "";
  const report = (message: string): null => {
    cluster.diagnostics.push({
      severity: "error",
      code: "operation-invalid",
      message: `resource "${resource.id}", operation "${element.id ?? ""}": ${message}`,
      elementId: element.id,
      line: element.line,
    });
    return null;
  };
  if (NOT_RECURRING.has(name)) {
    return report(`"${name}" cannot recur and is ignored. Set its interval to 0.`);
  }
  if (isDuplicate(resource, name, intervalMs)) {
    return report(
      `another operation has the same name and interval, so none of them recurs. Give each its own interval.`,
    );
  }
  const roleText = element.get("role");
  const role = roleText === null ? null : parseRole(roleText);
  if (roleText !== null && (role === null || role === Role.Unknown)) {
    return report(`role "${roleText}" does not exist; the operation is ignored.`);
  }
  if (findEnabledOperation(resource, name, intervalMs) === null) return null;
  return { name, intervalMs, role };
}

function keyOf(resource: Resource, { name, intervalMs }: RecurringOperation): string {
  return actionKey(resource.id, name, intervalMs);
}

function isDuplicate(resource: Resource, name: string, intervalMs: number): boolean {
  let count = 0;
  for (const other of resource.operations) {
    if (other.get("name") === name && parseIntervalMs(other.get("interval")) === intervalMs) count++;
  }
  return count > 1;
}

/** Source: part 3, 16.2. */
function monitorWhereActive(
  cluster: Cluster,
  resource: Resource,
  operation: RecurringOperation,
  place: { readonly anchor: Action; readonly node: ClusterNode },
): void {
  const { anchor, node } = place;
  const { role } = operation;
  const key = keyOf(resource, operation);
  const running = actionsOnNode(resource, key, node);
  const isOptional =
    hasActionFlags(anchor, ActionFlag.Optional) &&
    running.length > 0 &&
    running.every((action) => !hasActionFlags(action, ActionFlag.Reschedule));
  const isForNextRole = role === null ? resource.nextRole !== Role.Promoted : resource.nextRole === role;
  if (!isForNextRole) {
    if (isOptional) cancelForOtherRole(cluster, resource, operation, node);
    return;
  }
  const monitor = requestAction(cluster, {
    resource,
    key,
    task: operation.name,
    node,
    isOptional,
  });
  if (!hasActionFlags(anchor, ActionFlag.Runnable) || !isClean(node)) {
    monitor.flags &= ~ActionFlag.Runnable;
  }
  if (resource.nextRole === Role.Promoted) expectResult(cluster, monitor, "8");
  if (!hasFlags(resource, ResourceFlag.Managed)) return;

  const then = sideOfAction(monitor);
  const implies = RelationKind.FirstImpliesThen | RelationKind.UnrunnableFirstBlocks;
  addOrdering(cluster, { first: sideOf(resource, "start"), then, kinds: implies });
  if (isReloaded(resource)) addOrdering(cluster, { first: sideOf(resource, RELOAD), then, kinds: implies });
  const follows = RelationKind.Ordered | RelationKind.UnrunnableFirstBlocks;
  if (resource.nextRole === Role.Promoted) {
    addOrdering(cluster, { first: sideOf(resource, "promote"), then, kinds: follows });
  } else if (resource.role === Role.Promoted) {
    addOrdering(cluster, { first: sideOf(resource, "demote"), then, kinds: follows });
  }
}

/** A monitor that runs and is for another role than the next one. Source: part 3, 16.2 step 3. */
function cancelForOtherRole(
  cluster: Cluster,
  resource: Resource,
  operation: RecurringOperation,
  node: ClusterNode,
): void {
  const cancel = cancelAction(cluster, resource, {
    task: operation.name,
    intervalMs: operation.intervalMs,
    node,
  });
  const followed = taskAfterCancel(resource);
  if (followed === null) return;
  addOrdering(cluster, {
    first: sideOfAction(cancel),
    then: sideOf(resource, followed),
    kinds: RelationKind.UnrunnableFirstBlocks,
  });
}

function taskAfterCancel(resource: Resource): string | null {
  switch (resource.role) {
    case Role.Started:
    case Role.Unpromoted:
      if (resource.nextRole === Role.Promoted) return "promote";
      return resource.nextRole === Role.Stopped ? "stop" : null;
    case Role.Promoted:
      return "demote";
    default:
      return null;
  }
}

/** A monitor that checks that a resource is not running where it should not be. Source: part 3, 16.3. */
function monitorWhereStopped(cluster: Cluster, resource: Resource, operation: RecurringOperation): void {
  if (!hasFlags(resource, ResourceFlag.Unique)) return;
  for (const node of cluster.nodes) {
    const isRunning = actionsOnNode(resource, keyOf(resource, operation), node).length > 0;
    if (node === resource.assignedNode) {
      if (isRunning) cancelWhereStarted(cluster, resource, operation, node);
      continue;
    }
    createStoppedMonitor(cluster, resource, operation, { node, isRunning });
  }
}

function cancelWhereStarted(
  cluster: Cluster,
  resource: Resource,
  operation: RecurringOperation,
  node: ClusterNode,
): void {
  const cancel = cancelAction(cluster, resource, {
    task: operation.name,
    intervalMs: operation.intervalMs,
    node,
  });
  if (resource.nextRole !== Role.Started && resource.nextRole !== Role.Unpromoted) return;
  addOrdering(cluster, {
    first: sideOfAction(cancel),
    then: sideOf(resource, "start"),
    kinds: RelationKind.UnrunnableFirstBlocks,
  });
}

function createStoppedMonitor(
  cluster: Cluster,
  resource: Resource,
  operation: RecurringOperation,
  place: { readonly node: ClusterNode; readonly isRunning: boolean },
): void {
  const { node } = place;
  const isManaged = hasFlags(resource, ResourceFlag.Managed);
  const monitor = requestAction(cluster, {
    resource,
    key: keyOf(resource, operation),
    task: operation.name,
    node,
    isOptional: place.isRunning,
  });
  expectResult(cluster, monitor, "7");
  if (isManaged) {
    for (const probe of allActions(resource, "monitor", node)) {
      addRelation(probe, monitor, RelationKind.UnrunnableFirstBlocks);
    }
  }
  for (const stop of allActions(resource, "stop", node)) {
    const areBothRequired = ((stop.flags | monitor.flags) & ActionFlag.Optional) === 0;
    if (areBothRequired && !isManaged) monitor.flags |= ActionFlag.Optional;
    if (!hasActionFlags(stop, ActionFlag.Runnable)) monitor.flags &= ~ActionFlag.Runnable;
    if (isManaged) {
      addOrdering(cluster, {
        first: sideOfAction(stop),
        then: sideOfAction(monitor),
        kinds: RelationKind.FirstImpliesThen | RelationKind.UnrunnableFirstBlocks,
      });
    }
  }
  if (!isClean(node)) monitor.flags &= ~ActionFlag.Runnable;
}

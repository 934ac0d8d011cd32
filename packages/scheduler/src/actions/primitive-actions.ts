import { ActionFlag, hasActionFlags } from "../model/action.ts";
import { activeCounts, currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { createMigrationActions, isMigrationPossible } from "./migration.ts";
import { createRecurringActions } from "./recurring-actions.ts";
import { requestResourceAction } from "./request-action.ts";
import { performRoleStep } from "./role-actions.ts";
import { nextRoleToward, stepBetween } from "./role-steps.ts";

/** Creates the actions that take a primitive from where it is to where it was placed. Source: part 3, 15.3. */
export function createPrimitiveActions(cluster: Cluster, resource: Resource): void {
  const current = currentNode(resource);
  const assigned = resource.assignedNode;
  if (resource.nextRole === Role.Unknown) {
    resource.nextRole = assigned === null ? Role.Stopped : Role.Started;
  }
  for (const source of resource.danglingMigrationSources) {
    const stop = requestResourceAction(cluster, resource, "stop", { node: source, isOptional: false });
    stop.flags |= ActionFlag.MigrationAbort;
  }

  const isMoving =
    current !== null && assigned !== null && current !== assigned && resource.nextRole >= Role.Started;
  let canMigrate = isMoving && isMigrationPossible(resource, current, assigned);
  let needsStop = isMoving;
  let needsPromote = false;

  const migration = judgeMultipleActivity(cluster, resource, { current, assigned, canMigrate });
  if (migration.isMigrationOver) canMigrate = false;
  if (migration.needsStop) needsStop = true;

  if (hasFlags(resource, ResourceFlag.StartPending)) {
    const start = requestResourceAction(cluster, resource, "start", { node: assigned, isOptional: true });
    start.flags |= ActionFlag.AlwaysInGraph;
  }
  if (!isMoving) {
    if (hasFlags(resource, ResourceFlag.Failed)) {
      if (hasFlags(resource, ResourceFlag.StopIfFailed)) needsStop = true;
      else if (resource.nextRole === Role.Promoted) needsPromote = true;
    } else if (hasFlags(resource, ResourceFlag.Blocked)) {
      needsStop = true;
    } else if (resource.role > Role.Started && current !== null && assigned !== null) {
      const start = requestResourceAction(cluster, resource, "start", {
        node: assigned,
        isOptional: true,
      });
      if (!hasActionFlags(start, ActionFlag.Optional)) needsStop = true;
    }
  }

  createRestart(cluster, resource, { current, needsStop, needsPromote });
  createTransition(cluster, resource);
  createRecurringActions(cluster, resource);
  if (canMigrate && current !== null && assigned !== null) {
    createMigrationActions(cluster, resource, current, assigned);
  }
}

/** Source: part 3, 15.3 steps 4 and 5. */
function judgeMultipleActivity(
  cluster: Cluster,
  resource: Resource,
  facts: {
    readonly current: ClusterNode | null;
    readonly assigned: ClusterNode | null;
    readonly canMigrate: boolean;
  },
): { readonly needsStop: boolean; readonly isMigrationOver: boolean } {
  const counts = activeCounts(resource);
  const source = resource.partialMigrationSource;
  const target = resource.partialMigrationTarget;
  let isMultiplyActive = false;
  let needsStop = false;
  let isMigrationOver = false;
  const continuesMigration =
    source !== null &&
    target !== null &&
    facts.canMigrate &&
    counts.all === 2 &&
    facts.current === source &&
    facts.assigned === target;
  if (!continuesMigration) {
    if (source !== null || target !== null) {
      resource.partialMigrationSource = null;
      resource.partialMigrationTarget = null;
      needsStop = true;
      isMigrationOver = true;
    } else {
      isMultiplyActive = (hasFlags(resource, ResourceFlag.NeedsFencing) ? counts.all : counts.clean) > 1;
    }
  }
  if (!isMultiplyActive) {
    resource.flags &= ~ResourceFlag.StopUnexpected;
    return { needsStop, isMigrationOver };
  }
  cluster.diagnostics.push({
    severity: "error",
    code: "multiple-active",
    message: `resource "${resource.id}" is active on ${counts.all} nodes (${resource.activeNodes
      .map((node) => node.name)
      .join(", ")}); it is handled by its multiple-active policy "${resource.multipleActive}".`,
    elementId: resource.configuredId,
    line: resource.xml.line,
  });
  switch (resource.multipleActive) {
    case "stop_start":
      needsStop = true;
      break;
    case "stop_unexpected":
      needsStop = true;
      resource.flags |= ResourceFlag.StopUnexpected;
      break;
    case "block":
    case "stop_only":
      break;
  }
  return { needsStop, isMigrationOver };
}

/** Down from the current role and up to it again; optional unless something demands it. Part 3, 15.3 step 8. */
function createRestart(
  cluster: Cluster,
  resource: Resource,
  facts: {
    readonly current: ClusterNode | null;
    readonly needsStop: boolean;
    readonly needsPromote: boolean;
  },
): void {
  resource.flags |= ResourceFlag.Restarting;
  let role = resource.role;
  while (role !== Role.Stopped) {
    const next = nextRoleToward(role, Role.Stopped);
    const step = stepBetween(role, next);
    if (step === null) break;
    performRoleStep(cluster, resource, step, { node: facts.current, isOptional: !facts.needsStop });
    role = next;
  }
  while (
    resource.role <= resource.nextRole &&
    role !== resource.role &&
    !hasFlags(resource, ResourceFlag.Blocked)
  ) {
    const next = nextRoleToward(role, resource.role);
    const step = stepBetween(role, next);
    if (step === null) break;
    const isRequired = facts.needsStop || (next === Role.Promoted && facts.needsPromote);
    performRoleStep(cluster, resource, step, { node: resource.assignedNode, isOptional: !isRequired });
    role = next;
  }
  resource.flags &= ~ResourceFlag.Restarting;
}

/** From the current role to the next one. Part 3, 15.3 step 9. */
function createTransition(cluster: Cluster, resource: Resource): void {
  let role = resource.role;
  while (role !== resource.nextRole) {
    const next = nextRoleToward(role, resource.nextRole);
    const step = stepBetween(role, next);
    if (step === null) break;
    performRoleStep(cluster, resource, step, { node: resource.assignedNode, isOptional: false });
    role = next;
  }
}

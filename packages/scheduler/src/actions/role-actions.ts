import { ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addRelation } from "../orderings/relations.ts";
import { actionKey } from "./action-key.ts";
import { actionsOnNode } from "./find-actions.ts";
import { requestResourceAction } from "./request-action.ts";
import type { RoleStep } from "./role-steps.ts";
import { orderAfterUnfencing, unfencingAction } from "./unfencing.ts";

interface StepFacts {
  /** For starts and promotions; stops and demotions happen wherever the resource is active. */
  readonly node: ClusterNode | null;
  readonly isOptional: boolean;
}

/** Creates the actions of one step between two roles. Source: part 3, 15.4. */
export function performRoleStep(
  cluster: Cluster,
  resource: Resource,
  step: RoleStep,
  facts: StepFacts,
): void {
  switch (step) {
    case "stop":
      stopEverywhere(cluster, resource, facts.isOptional);
      return;
    case "start":
      if (facts.node !== null) startOn(cluster, resource, facts.node, facts.isOptional);
      return;
    case "promote":
      if (facts.node !== null) promoteOn(cluster, resource, facts.node, facts.isOptional);
      return;
    case "demote":
      demoteEverywhere(cluster, resource, facts.isOptional);
      return;
  }
}

/** Where a resource that is active on several nodes may stay as it is (`multiple-active=stop_unexpected`). */
function isExpectedNode(resource: Resource, node: ClusterNode): boolean {
  return (
    hasFlags(resource, ResourceFlag.StopUnexpected | ResourceFlag.Restarting) &&
    resource.nextRole > Role.Stopped &&
    resource.assignedNode === node
  );
}

function stopEverywhere(cluster: Cluster, resource: Resource, isOptionalAtFirst: boolean): void {
  let isOptional = isOptionalAtFirst;
  for (const node of [...resource.activeNodes]) {
    if (isExpectedNode(resource, node)) continue;
    const target = resource.partialMigrationTarget;
    if (target !== null) {
      if (target === node && resource.assignedNode === node) continue;
      isOptional = false;
    }
    const stop = requestResourceAction(cluster, resource, "stop", { node, isOptional });
    if (resource.assignedNode === null) {
      stop.reason = { kind: "node availability" };
    } else if (hasFlags(resource, ResourceFlag.Restarting | ResourceFlag.StopUnexpected)) {
      stop.reason = { kind: "being multiply active" };
    }
    if (!hasFlags(resource, ResourceFlag.Managed)) stop.flags &= ~ActionFlag.Runnable;
    if (hasFlags(resource, ResourceFlag.NeedsUnfencing)) {
      addRelation(stop, unfencingAction(cluster, node), RelationKind.ThenImpliesFirst);
    }
  }
}

/** An unrunnable start stays optional. */
function startOn(cluster: Cluster, resource: Resource, node: ClusterNode, isOptional: boolean): void {
  const start = requestResourceAction(cluster, resource, "start", { node, isOptional: true });
  orderAfterUnfencing(cluster, { resource, node, action: start }, RelationKind.FirstImpliesThen);
  if (hasActionFlags(start, ActionFlag.Runnable) && !isOptional) start.flags &= ~ActionFlag.Optional;
  if (isExpectedNode(resource, node)) start.flags |= ActionFlag.Pseudo;
}

function promoteOn(cluster: Cluster, resource: Resource, node: ClusterNode, isOptional: boolean): void {
  const starts = actionsOnNode(resource, actionKey(resource.id, "start", 0), node);
  if (starts.every((start) => hasActionFlags(start, ActionFlag.Runnable))) {
    const promote = requestResourceAction(cluster, resource, "promote", { node, isOptional });
    if (isExpectedNode(resource, node)) promote.flags |= ActionFlag.Pseudo;
    return;
  }
  for (const promote of actionsOnNode(resource, actionKey(resource.id, "promote", 0), node)) {
    promote.flags &= ~ActionFlag.Runnable;
  }
}

function demoteEverywhere(cluster: Cluster, resource: Resource, isOptional: boolean): void {
  for (const node of [...resource.activeNodes]) {
    if (isExpectedNode(resource, node)) continue;
    requestResourceAction(cluster, resource, "demote", { node, isOptional });
  }
}

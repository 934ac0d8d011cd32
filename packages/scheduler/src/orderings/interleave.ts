import { isTrue } from "@quorate/cib";
import { firstAction } from "../actions/find-actions.ts";
import type { Action } from "../model/action.ts";
import { locationsOf } from "../model/activity.ts";
import { replicaOf } from "../model/ancestry.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { assignResource } from "../placement/assign-node.ts";
import { applyToResource, Changed, type KindFacts } from "./apply-kind.ts";
import { compatibleInstance, instancesOf, type Sense } from "./compatible-instance.ts";
import { flagsOf, instanceTask } from "./ordering-flags.ts";
import { addRelation } from "./relations.ts";
import type { UpdateRun } from "./update-run.ts";

/** Whether instances are ordered one by one with the instance on their node. Source: part 4, 12.6.2. */
export function isInterleaved(first: Action, then: Action): boolean {
  const from = first.resource;
  const to = then.resource;
  if (from === null || to === null || from === to) return false;
  if (!isCollective(from) || !isCollective(to)) return false;
  const isDown = then.key.endsWith("_stop_0") || then.key.endsWith("_demote_0");
  return isTrue((isDown ? from : to).meta.get("interleave") ?? null);
}

function isCollective(resource: Resource): boolean {
  return resource.clone !== null || resource.bundle !== null;
}

/** Applies the kind to each pair of instances that share a node. Source: part 4, 12.6.4. */
export function applyInterleaved(run: UpdateRun, facts: KindFacts): number {
  const { first, then } = facts;
  const from = first.resource;
  const to = then.resource;
  if (from === null || to === null) return Changed.None;
  const isCurrent = first.key.endsWith("_stopped_0") || first.key.endsWith("_demoted_0");
  const sense: Sense = isCurrent ? "current" : "assigned";
  const task = instanceTask(first, from);
  const byNode = run.instances.byNode(from, sense);
  let changed: number = Changed.None;
  for (const instance of instancesOf(to)) {
    const partner = compatibleInstance(run.cluster, byNode, instance, sense);
    if (partner === null) {
      if (!isCurrent && unassignsWithoutPartner(facts.kind) && unassign(run, instance)) {
        changed |= Changed.Then;
      }
      continue;
    }
    const firstOfPair = actionOfFirst(partner, task, facts.scope);
    const thenOfPair = actionOfThen(instance, then.task, facts.scope);
    if (firstOfPair === null || thenOfPair === null) continue;
    if (addRelation(firstOfPair, thenOfPair, facts.kind)) {
      run.noteRelation();
      changed |= Changed.First | Changed.Then;
    }
    changed |= applyToResource(run, thenOfPair.resource ?? instance, {
      first: firstOfPair,
      then: thenOfPair,
      firstFlags: flagsOf(firstOfPair, firstOfPair.resource ?? partner, facts.scope),
      kind: facts.kind,
      scope: facts.scope,
    });
  }
  return changed;
}

function unassignsWithoutPartner(kind: number): boolean {
  return kind === RelationKind.UnrunnableFirstBlocks || kind === RelationKind.FirstImpliesThen;
}

/** Without the instance that it needs, this one cannot run anywhere. */
function unassign(run: UpdateRun, instance: Resource): boolean {
  const hadNode = locationsOf(instance, "assigned").length > 0;
  assignResource(run.cluster, instance, null, { isForced: true, stopsIfFailed: true });
  run.instances.forget();
  run.noteFlags(instance);
  return hadNode;
}

/** In a container the bundled instance does the work, except that it stops with the container. */
function actionOfFirst(instance: Resource, task: string, scope: ClusterNode | null): Action | null {
  const bundled = task === "stop" || task === "stopped" ? null : bundledInstance(instance);
  return bundled === null ? firstAction(instance, task, scope) : firstAction(bundled, task);
}

function actionOfThen(instance: Resource, task: string, scope: ClusterNode | null): Action | null {
  switch (task) {
    case "promote":
    case "promoted":
    case "demote":
    case "demoted":
      return firstAction(bundledInstance(instance) ?? instance, task, scope);
    default:
      return firstAction(instance, task, scope);
  }
}

function bundledInstance(container: Resource): Resource | null {
  return hasFlags(container, ResourceFlag.ReplicaContainer) ? (replicaOf(container)?.instance ?? null) : null;
}

import { isTrue } from "@quorate/cib";
import { allActions } from "../actions/find-actions.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { forEachLeaf, topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { type Ordering, type OrderingSide, type Relation, RelationKind } from "../model/ordering.ts";
import { type Resource, Variant } from "../model/resource.ts";
import { compatibleInstance, InstanceIndex } from "./compatible-instance.ts";
import { namedActions } from "./named-actions.ts";
import { addRelation } from "./relations.ts";

/**
 * Nothing restarts because of something that a probe has yet to find out, and nothing that a stop would precede is
 * done before the probe. Source: part 3, 23.
 */
export function orderProbes(cluster: Cluster): void {
  const instances = new InstanceIndex();
  const leading = leadingToRestarts(cluster);
  for (const resource of cluster.resources) {
    forEachLeaf(resource, (leaf) => orderProbesOf(cluster, { instances, leading }, leaf));
  }
  for (const ordering of cluster.orderings) orderProbesLikeStop(ordering);
}

/** What is worked out once for all probes. */
interface ProbeIndex {
  readonly instances: InstanceIndex;
  /** Actions from which a walk may come to a restart; for all others it need not begin. */
  readonly leading: ReadonlySet<Action>;
}

/** All actions from which relations that may be followed lead to the start of something that would stop first. */
function leadingToRestarts(cluster: Cluster): ReadonlySet<Action> {
  const leading = new Set<Action>();
  for (const action of cluster.actions) if (restartsOf(action).length > 0) leading.add(action);
  // A set can be extended while it is walked; what is added is visited, too.
  for (const then of leading) {
    for (const { action: first, kinds } of then.before) {
      const isChild = then.resource !== null && then.resource.parent === first.resource;
      if ((kinds & RelationKind.FirstImpliesThen) !== 0 || isChild) leading.add(first);
    }
  }
  return leading;
}

/** Source: part 3, 23.1. */
function orderProbesOf(cluster: Cluster, index: ProbeIndex, resource: Resource): void {
  const probes = allActions(resource, "monitor");
  if (probes.length === 0) return;
  // What follows depends on the successor and the resource, not on the probe's node.
  const restartsBySuccessor = new Map<Action, readonly Action[]>();
  for (const probe of probes) {
    for (let i = probe.after.length - 1; i >= 0; i--) {
      const relation = probe.after[i] as Relation;
      orderUnrunnableProbe(resource, probe, relation);
      let restarts = restartsBySuccessor.get(relation.action);
      if (restarts === undefined) {
        restarts = restartsBehind(cluster, index, resource, relation.action);
        restartsBySuccessor.set(relation.action, restarts);
      }
      for (const restart of restarts) addRelation(probe, restart, RelationKind.Ordered);
    }
  }
}

/** Source: part 3, 23.1 (a). */
function orderUnrunnableProbe(resource: Resource, probe: Action, relation: Relation): void {
  const start = relation.action;
  const collective = start.resource;
  if (collective === null || (collective.clone === null && collective.bundle === null)) return;
  if (hasActionFlags(probe, ActionFlag.Runnable) || start.task !== "start") return;
  if ((relation.kinds & RelationKind.UnrunnableFirstBlocks) !== 0) return;
  const top = topOf(resource);
  if (collective !== top) return;
  for (let i = start.after.length - 1; i >= 0; i--) {
    const then = (start.after[i] as Relation).action;
    if (then.task !== "start" || then.resource === null) continue;
    if (then.resource.activeNodes.length > 0 || topOf(then.resource) !== top) continue;
    addRelation(probe, then, RelationKind.Ordered | RelationKind.UnrunnableFirstBlocks);
  }
}

/** The stops and demotes of what is implied by the action, depth first. Source: part 3, 23.1 (b). */
function restartsBehind(
  cluster: Cluster,
  index: ProbeIndex,
  resource: Resource,
  successor: Action,
): readonly Action[] {
  const restarts: Action[] = [];
  if (!index.leading.has(successor)) return restarts;
  const seen = new Set<Action>([successor]);
  const stack: Action[] = [successor];
  while (stack.length > 0) {
    const action = stack.pop() as Action;
    if (action.resource !== resource) restarts.push(...restartsOf(action));
    const follows = followRule(cluster, index, resource, action.resource);
    // The newest relation is followed first, so it has to be pushed last.
    for (const relation of action.after) {
      if (seen.has(relation.action) || !follows(relation)) continue;
      seen.add(relation.action);
      stack.push(relation.action);
    }
  }
  return restarts;
}

/** The stops of a primitive for its start, the demotes for its promotion; as far as they are real actions. */
function restartsOf(action: Action): readonly Action[] {
  const resource = action.resource;
  if (resource === null || resource.variant !== Variant.Primitive) return [];
  const task = action.task === "start" ? "stop" : action.task === "promote" ? "demote" : null;
  if (task === null) return [];
  return allActions(resource, task).filter((restart) => !hasActionFlags(restart, ActionFlag.Pseudo));
}

/** Which relations of an action of `collective` lead on. */
function followRule(
  cluster: Cluster,
  index: ProbeIndex,
  resource: Resource,
  collective: Resource | null,
): (relation: Relation) => boolean {
  const isImplied = (relation: Relation): boolean => (relation.kinds & RelationKind.FirstImpliesThen) !== 0;
  if (collective === null || collective.variant === Variant.Primitive || collective === resource.parent) {
    return isImplied;
  }
  const isInterleaved =
    collective.variant !== Variant.Group && isTrue(collective.meta.get("interleave") ?? null);
  const instance = isInterleaved
    ? compatibleInstance(cluster, index.instances.byNode(collective, "assigned"), resource, "assigned")
    : null;
  return (relation) => {
    if (isImplied(relation)) return true;
    const child = relation.action.resource;
    if (child === null || child.parent !== collective) return false;
    if (child.variant !== Variant.Primitive && child.variant !== Variant.Group) return false;
    return !isInterleaved || child === instance;
  };
}

/** What is done after a stop is also done after the probe. Source: part 3, 23.2. */
function orderProbesLikeStop(ordering: Ordering): void {
  const { first, then } = ordering;
  if (ordering.kinds === 0 || first.resource === null || first.resource === then.resource) return;
  if (!isStop(first)) return;
  if (first.resource.launcher !== null && first.resource.launcher === then.resource && isStop(then)) {
    return;
  }
  const probes = allActions(first.resource, "monitor");
  if (probes.length === 0) return;
  const kinds = probeKinds(ordering.kinds);
  const thens = then.action !== null ? [then.action] : namedActions(then);
  for (const probe of probes) {
    for (const action of thens) {
      if (!isExempt(probe, action)) addRelation(probe, action, kinds);
    }
  }
}

function isStop({ action, task, key }: OrderingSide): boolean {
  if (action !== null) return action.task === "stop";
  return task === null ? key?.endsWith("_stop_0") === true : task === "stop" || task.endsWith("_stop");
}

function probeKinds(kinds: number): number {
  if (kinds === RelationKind.IfOnSameNodeOrTarget || kinds === RelationKind.IfRequiredOnSameNode) {
    return kinds;
  }
  return RelationKind.Ordered | (kinds & (RelationKind.IfFirstUnmigratable | RelationKind.IfOnSameNode));
}

/** Unfencing of the probed node, and the shutdown of another node, do not wait for the probe. */
function isExempt(probe: Action, then: Action): boolean {
  if (then.task === "stonith") {
    return then.node === probe.node && then.meta.get("stonith_action") === "on";
  }
  return then.task === "do_shutdown" && then.node !== probe.node;
}

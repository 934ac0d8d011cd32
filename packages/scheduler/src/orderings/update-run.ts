import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { locationsOf } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { type Relation, RelationKind } from "../model/ordering.ts";
import { type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { Changed } from "./apply-kind.ts";
import { applyRelation } from "./apply-relation.ts";
import { blockColocationDependents } from "./block-dependents.ts";
import { InstanceIndex } from "./compatible-instance.ts";
import { OrderingFlags } from "./ordering-flags.ts";
import { addRelation } from "./relations.ts";
import { actionForOrdering } from "./remap-first.ts";

/** Depth-first nesting beyond which an update waits instead, so that long chains cannot exhaust the stack. */
const DEPTH_MAX = 400;

/**
 * Lets what relations imply spread from action to action until nothing changes: what is required, what can run,
 * what can migrate. Flags only go one way, so the result is a fixed point; the order, depth first, decides which
 * reason an action gets. Source: part 4, 12.3.
 */
export class UpdateRun {
  readonly cluster: Cluster;
  readonly instances = new InstanceIndex();
  readonly #flags = new OrderingFlags();
  readonly #waiting: { readonly action: Action; readonly work: "update" | "block" }[] = [];
  #depth = 0;
  /** Counts changes of flags and relations of any action. */
  #version = 0;
  /** By id: the version in which an action was looked at without any change: until the next change that need not be repeated. */
  readonly #settledIn: (number | undefined)[] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Updates the action by its inputs, and all actions that are affected. */
  update(then: Action): void {
    this.#nested(then, "update");
  }

  /** When the action cannot run, blocks what must be where its resource is (part 4, 12.7). */
  blockDependents(action: Action): void {
    this.#nested(action, "block");
  }

  #nested(action: Action, work: "update" | "block"): void {
    if (this.#depth >= DEPTH_MAX) {
      this.#waiting.push({ action, work });
      return;
    }
    this.#depth += 1;
    this.#do(action, work);
    this.#depth -= 1;
    if (this.#depth > 0) return;
    // What is nested too deeply meanwhile is appended and comes in its turn.
    for (const next of this.#waiting) {
      this.#depth += 1;
      this.#do(next.action, next.work);
      this.#depth -= 1;
    }
    this.#waiting.length = 0;
  }

  #do(action: Action, work: "update" | "block"): void {
    if (work === "update") this.#updateOne(action);
    else blockColocationDependents(this, action);
  }

  /** Updates every action that has this one as an input, the newest relation first. */
  updateAfter(action: Action): void {
    for (let i = action.after.length - 1; i >= 0; i--) {
      this.update((action.after[i] as Relation).action);
    }
  }

  /** Has to be told of each change of an action's flags. */
  noteFlags(resource: Resource | null): void {
    this.#version += 1;
    this.#flags.forget(resource);
  }

  /** Has to be told of each new relation. */
  noteRelation(): void {
    this.#version += 1;
  }

  #updateOne(then: Action): void {
    const versionBefore = this.#version;
    if (this.#settledIn[then.id] === versionBefore) return;
    const flagsBefore = then.flags;
    if (then.requiredRunnableBefore > 0) {
      then.runnableBefore = 0;
      then.flags &= ~ActionFlag.Runnable;
    }
    let changed: number = Changed.None;
    // Relations that are added meanwhile come behind and are seen in the next update.
    for (let i = then.before.length - 1; i >= 0; i--) {
      changed = this.#updateByInput(then, then.before[i] as Relation, changed & ~Changed.First);
    }
    if (then.requiredRunnableBefore > 0) {
      if (then.flags === flagsBefore) {
        changed &= ~Changed.Then;
      } else {
        changed |= Changed.Then;
        this.noteFlags(then.resource);
      }
    }
    if ((changed & Changed.Then) === 0) {
      if (this.#version === versionBefore) this.#settledIn[then.id] = versionBefore;
      return;
    }
    const wasRunnable = (flagsBefore & ActionFlag.Runnable) !== 0;
    if (wasRunnable && !hasActionFlags(then, ActionFlag.Runnable)) this.blockDependents(then);
    this.update(then);
    this.updateAfter(then);
  }

  /** Steps 3 to 8; the result is `changed` with what this input added. */
  #updateByInput(then: Action, relation: Relation, changedBefore: number): number {
    let changed = changedBefore;
    let first = relation.action;
    // As after most probes. It changes nothing; for collectives it may, because looking at their flags does.
    if (relation.kinds === RelationKind.Ordered && isSimple(first) && isSimple(then)) return changed;
    if ((relation.kinds & RelationKind.IfOnSameNode) !== 0) {
      const firstNode = nodeForOrdering(first);
      const thenNode = nodeForOrdering(then);
      if (firstNode !== null && thenNode !== null && firstNode !== thenNode) {
        relation.kinds = RelationKind.None;
        return changed;
      }
    }
    if (
      (relation.kinds & RelationKind.ThenCancelsFirst) !== 0 &&
      first.resource !== null &&
      !hasActionFlags(then, ActionFlag.Optional)
    ) {
      if (!hasActionFlags(first, ActionFlag.Optional)) {
        first.flags |= ActionFlag.Optional;
        this.noteFlags(first.resource);
      }
      if (first.task === "reload-agent") first.resource.flags &= ~ResourceFlag.Reload;
    }
    first = actionForOrdering(first, then);
    const firstFlags = this.#flags.of(first, then.node);
    const thenFlags = this.#flags.of(then, first.node);
    if (first === relation.action) {
      changed |= applyRelation(this, { first, then, firstFlags, thenFlags, relation });
    } else if (addRelation(first, then, relation.kinds)) {
      changed |= Changed.Then;
      relation.kinds = RelationKind.None;
      this.noteRelation();
    }
    if ((changed & Changed.First) !== 0) {
      this.updateAfter(first);
      this.update(first);
    }
    return changed;
  }
}

function isSimple({ resource }: Action): boolean {
  return resource === null || resource.variant === Variant.Primitive;
}

/** The action's node; for the start of a group the one node to which its members are assigned. */
function nodeForOrdering(action: Action): ClusterNode | null {
  if (action.resource === null || action.resource.group === null || action.task !== "start") {
    return action.node;
  }
  const nodes = locationsOf(action.resource, "assigned");
  return nodes.length === 1 ? (nodes[0] ?? null) : null;
}

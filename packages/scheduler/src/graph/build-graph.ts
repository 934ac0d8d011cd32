import { createNotifyActions } from "../actions/notify-actions.ts";
import { requestClusterPseudoAction } from "../actions/request-action.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { BundleFacts } from "../model/bundle.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Relation } from "../model/ordering.ts";
import { type Resource, Variant } from "../model/resource.ts";
import { collectiveFlags } from "../orderings/ordering-flags.ts";
import { describeAction, synapsePriority } from "./describe-action.ts";
import { graphAttributes } from "./graph-attributes.ts";
import { belongsInGraph } from "./inclusion.ts";
import { isInputKept, mergeInputs } from "./inputs.ts";
import { nodesWithNewMaintenance } from "./maintenance.ts";
import type { GraphAction, Synapse, TransitionGraph } from "./transition-graph.ts";

/**
 * Makes the transition graph of all actions that are to be done. Creates the notify actions on the way, and marks
 * actions and relations that are in the graph. Source: part 4, 13.
 */
export function buildGraph(cluster: Cluster): TransitionGraph {
  const attributes = graphAttributes(cluster);
  const builder = new GraphBuilder(cluster);
  for (const resource of cluster.resources) builder.addResource(resource);
  if (nodesWithNewMaintenance(cluster).length > 0) {
    requestClusterPseudoAction(cluster, "maintenance_nodes").flags |= ActionFlag.AlwaysInGraph;
  }
  for (let i = cluster.actions.length - 1; i >= 0; i--) builder.add(cluster.actions[i] as Action);
  return { attributes, synapses: builder.synapses };
}

class GraphBuilder {
  readonly synapses: Synapse[] = [];
  readonly #cluster: Cluster;
  /** Actions of which the inputs are merged. */
  readonly #merged = new Set<Action>();
  /** What each action looks like as somebody's input; made once. */
  readonly #inputs = new Map<Action, GraphAction>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Source: part 4, 13.1.2. */
  addResource(resource: Resource): void {
    switch (resource.variant) {
      case Variant.Primitive:
      case Variant.Group:
        this.#addOwnActions(resource);
        for (const member of resource.children) this.addResource(member);
        return;
      case Variant.Clone:
        this.#addClone(resource);
        return;
      case Variant.Bundle:
        if (resource.bundle !== null) this.#addBundle(resource.bundle);
        return;
    }
  }

  #addClone(clone: Resource): void {
    for (let i = clone.actions.length - 1; i >= 0; i--) {
      collectiveFlags(clone.actions[i] as Action, clone, null);
    }
    createNotifyActions(this.#cluster, clone);
    for (const instance of clone.children) this.addResource(instance);
    this.#addOwnActions(clone);
  }

  /** The bundle's own pseudo-actions follow with everything that is left. */
  #addBundle(bundle: BundleFacts): void {
    if (bundle.clone !== null) this.#addClone(bundle.clone);
    for (const { ip, container, connection } of bundle.replicas) {
      for (const part of [ip, container, connection]) if (part !== null) this.addResource(part);
    }
  }

  #addOwnActions(resource: Resource): void {
    for (let i = resource.actions.length - 1; i >= 0; i--) this.add(resource.actions[i] as Action);
  }

  /** Adds the action if it is to be done and is not in the graph yet. */
  add(action: Action): void {
    if (!this.#merged.has(action)) {
      this.#merged.add(action);
      mergeInputs(action);
    }
    if (hasActionFlags(action, ActionFlag.AddedToGraph) || !belongsInGraph(action)) return;
    action.flags |= ActionFlag.AddedToGraph;
    const inputs: GraphAction[] = [];
    for (let i = action.before.length - 1; i >= 0; i--) {
      const relation = action.before[i] as Relation;
      if (!isInputKept(relation, action)) continue;
      relation.isGraphed = true;
      inputs.push(this.#inputOf(relation.action));
    }
    this.synapses.push({
      id: this.synapses.length,
      priority: synapsePriority(action),
      action: describeAction(this.#cluster, action, { isFull: true }),
      inputs,
    });
  }

  #inputOf(action: Action): GraphAction {
    const known = this.#inputs.get(action);
    if (known !== undefined) return known;
    const made = describeAction(this.#cluster, action, { isFull: false });
    this.#inputs.set(action, made);
    return made;
  }
}

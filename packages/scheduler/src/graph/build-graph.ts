import { createNotifyActions } from "../actions/notify-actions.ts";
import { requestClusterPseudoAction } from "../actions/request-action.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { BundleFacts } from "../model/bundle.ts";
import type { Cluster } from "../model/cluster.ts";
import { type Resource, Variant } from "../model/resource.ts";
import { collectiveFlags } from "../orderings/ordering-flags.ts";
import { AttributeLayouts } from "./attribute-layouts.ts";
import { graphAttributes } from "./graph-attributes.ts";
import { belongsInGraph } from "./inclusion.ts";
import { isInputKept, mergeInputs } from "./inputs.ts";
import { nodesWithNewMaintenance } from "./maintenance.ts";
import { PlannedAction } from "./planned-action.ts";
import type { GraphAction, Synapse, TransitionGraph } from "./transition-graph.ts";

/**
 * Makes the transition graph of all actions that are to be done. Creates the notify actions on the way, and marks
 * actions and relations that are in the graph. What the graph says of them is read from the cluster when it is asked, so the cluster
 * must not be changed any more. Source: part 4, 13.
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
  readonly #layouts: AttributeLayouts;
  /** By id: 1 for actions of which the inputs are merged. */
  #merged: Uint8Array;
  /** By id: what is said of each action, as a synapse's own or as an input. */
  readonly #planned: (GraphAction | undefined)[] = [];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#layouts = new AttributeLayouts(cluster);
    this.#merged = new Uint8Array(cluster.actions.length + 1);
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
    this.#mergeInputs(action);
    if (hasActionFlags(action, ActionFlag.AddedToGraph) || !belongsInGraph(action)) return;
    action.flags |= ActionFlag.AddedToGraph;
    const inputs: GraphAction[] = [];
    const { before } = action;
    for (let i = before.length - 1; i >= 0; i--) {
      const relation = before[i]!;
      if (!isInputKept(relation, action)) continue;
      relation.isGraphed = true;
      inputs.push(this.#plannedOf(relation.action));
    }
    this.synapses.push({
      id: this.synapses.length,
      priority: synapsePriority(action),
      action: this.#plannedOf(action),
      inputs: inputs.length === 0 ? NO_INPUTS : inputs,
    });
  }

  /** Once for each action. Notify actions are made on the way, so ids grow. */
  #mergeInputs(action: Action): void {
    if (action.id >= this.#merged.length) {
      const longer = new Uint8Array(action.id * 2);
      longer.set(this.#merged);
      this.#merged = longer;
    }
    if (this.#merged[action.id] === 1) return;
    this.#merged[action.id] = 1;
    mergeInputs(action);
  }

  #plannedOf(action: Action): GraphAction {
    const known = this.#planned[action.id];
    if (known !== undefined) return known;
    const made = new PlannedAction(this.#cluster, this.#layouts, action);
    this.#planned[action.id] = made;
    return made;
  }
}

const NO_INPUTS: readonly GraphAction[] = [];

/** The priority of an action's synapse; 0 when it has none. Source: part 4, 13.4. */
function synapsePriority(action: Action): number {
  return Math.max(action.priority, action.resource?.priority ?? 0, 0);
}

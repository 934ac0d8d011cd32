import { XmlAttributes } from "@quorate/xml";
import type { Action, ActionMeta } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag, Variant } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { actionAttributes } from "./action-attributes.ts";

/** What differs between actions that have all else in common; sorted, like the attributes. */
const OWN_NAMES = ["CRM_meta_clone", "CRM_meta_on_node", "CRM_meta_on_node_uuid"] as const;

/** Attributes as many actions have them, with room for what each has of its own. */
export class AttributeLayout {
  /** Names and values in turn, those of the action that came first. */
  readonly #pairs: readonly string[];
  /** Where the attributes are of which every action has its own value, in ascending order. */
  readonly ownPlaces: readonly number[];

  constructor(first: XmlAttributes) {
    const pairs: string[] = [];
    const ownPlaces: number[] = [];
    for (let index = 0; index < first.size; index++) {
      const name = first.nameAt(index);
      if ((OWN_NAMES as readonly string[]).includes(name)) ownPlaces.push(index);
      pairs.push(name, first.valueAt(index));
    }
    this.#pairs = pairs;
    this.ownPlaces = ownPlaces;
  }

  filled(resource: Resource, node: ClusterNode): LaidOutAttributes {
    const pairs = this.#pairs.slice();
    for (const place of this.ownPlaces) {
      const value = (place << 1) + 1;
      switch (pairs[value - 1] as (typeof OWN_NAMES)[number]) {
        case "CRM_meta_clone":
          pairs[value] = String(resource.instanceNumber);
          break;
        case "CRM_meta_on_node":
          pairs[value] = node.name;
          break;
        case "CRM_meta_on_node_uuid":
          pairs[value] = node.id;
          break;
      }
    }
    return new LaidOutAttributes(this, pairs);
  }
}

/** Attributes that tell which layout they have: only what stands at its `ownPlaces` is not the same in all of them. */
export class LaidOutAttributes extends XmlAttributes {
  readonly layout: AttributeLayout;

  constructor(layout: AttributeLayout, pairs: string[]) {
    super(pairs);
    this.layout = layout;
  }
}

/**
 * The attributes of all actions of a graph. Probes of a resource on all nodes, and what the instances of a clone do, differ in two or three of
 * them only, of up to thirty where a clone notifies: there they are put together and sorted once. That is found by the meta table, which
 * such actions share, and belongs to one element of the configuration; and by the parameters, which may differ between nodes.
 */
export class AttributeLayouts {
  readonly #cluster: Cluster;
  readonly #known = new Map<ActionMeta, Map<ReadonlyMap<string, string>, AttributeLayout>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @param node where the graph says that the action is done */
  of(action: Action, node: ClusterNode | null): XmlAttributes {
    const { resource } = action;
    if (
      node === null ||
      resource === null ||
      !isOneOfMany(action, resource) ||
      !isPlain(action, resource, node)
    )
      return actionAttributes(this.#cluster, action, node);
    const parameters = parametersOf(this.#cluster, resource, node);
    if (OWN_NAMES.some((name) => parameters.has(name))) return actionAttributes(this.#cluster, action, node);
    let byParameters = this.#known.get(action.meta);
    if (byParameters === undefined) {
      byParameters = new Map();
      this.#known.set(action.meta, byParameters);
    }
    let layout = byParameters.get(parameters);
    if (layout === undefined) {
      layout = new AttributeLayout(actionAttributes(this.#cluster, action, node));
      byParameters.set(parameters, layout);
    }
    return layout.filled(resource, node);
  }
}

/** What no other action has a layout in common with is not kept. */
function isOneOfMany(action: Action, resource: Resource): boolean {
  return resource.instanceNumber !== null || (action.task === "monitor" && action.intervalMs === 0);
}

/** Nothing but its meta table, its parameters, its clone, its instance number and its node make a difference. */
function isPlain(action: Action, resource: Resource, node: ClusterNode): boolean {
  if (resource.variant !== Variant.Primitive || action.node !== node || action.extraParameters.size > 0)
    return false;
  if (hasFlags(resource, ResourceFlag.RemoteConnection) || isGuestNode(node)) return false;
  for (let part: Resource | null = resource; part !== null; part = part.parent)
    if (part.launcher !== null) return false;
  return !resource.meta.has("remote-node") && !resource.meta.has("external-ip");
}

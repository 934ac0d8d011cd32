import { actionKey } from "../actions/action-key.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import type { AttributeLayouts } from "./attribute-layouts.ts";
import { downedBy } from "./downed.ts";
import { nodesWithNewMaintenance } from "./maintenance.ts";
import { routerNode } from "./router-node.ts";
import type { GraphAction, GraphElementName, GraphResource, MaintenanceChange } from "./transition-graph.ts";

/**
 * An action as the graph shows it. Says what the model's action is, each time it is asked, and keeps nothing but that action: a
 * new cluster of 8 nodes and 3,200 resources has 32,000 actions, mostly probes, and what is said of one takes 500 bytes.
 * So it counts only as long as the model stays as it is. Source: part 4, 13.5.
 */
export class PlannedAction implements GraphAction {
  readonly #cluster: Cluster;
  readonly #layouts: AttributeLayouts;
  readonly #action: Action;

  constructor(cluster: Cluster, layouts: AttributeLayouts, action: Action) {
    this.#cluster = cluster;
    this.#layouts = layouts;
    this.#action = action;
  }

  get element(): GraphElementName {
    switch (this.#action.task) {
      case "stonith":
        return this.#isPseudo ? "pseudo_event" : "crm_event";
      case "do_shutdown":
      case "clear_failcount":
      case "lrm_delete":
        return "crm_event";
      default:
        return this.#isPseudo ? "pseudo_event" : "rsc_op";
    }
  }

  get id(): number {
    return this.#action.id;
  }

  get operation(): string {
    return this.#action.task;
  }

  get operationKey(): string {
    const historyName = this.#historyName;
    return historyName === null ? this.#action.key : historyKey(this.#action, historyName);
  }

  get internalOperationKey(): string | null {
    return this.#historyName === null ? null : this.#action.key;
  }

  get onNode(): string | null {
    return shownNode(this.#action)?.name ?? null;
  }

  get onNodeUuid(): string | null {
    return shownNode(this.#action)?.id ?? null;
  }

  get routerNode(): string | null {
    return shownNode(this.#action) === null ? null : (routerNode(this.#action)?.name ?? null);
  }

  get isCibMode(): boolean {
    return this.#action.task === "lrm_delete";
  }

  get shutdownLockS(): number | null {
    const { resource, node } = this.#action;
    if (resource === null || node === null || this.#isPseudo || resource.lockNode !== node) return null;
    const isShuttingDown = (node.flags & NodeFlag.Shutdown) !== 0;
    return isShuttingDown && this.#action.task !== "stop" ? null : resource.lockTimeS;
  }

  get resource(): GraphResource | null {
    const { resource } = this.#action;
    return this.#isPseudo || resource === null ? null : describeResource(resource);
  }

  get attributes(): ReadonlyMap<string, string> {
    return this.#layouts.of(this.#action, shownNode(this.#action));
  }

  get downed(): readonly string[] {
    const node = shownNode(this.#action);
    return node === null ? [] : downedBy(this.#action, node);
  }

  get maintenance(): readonly MaintenanceChange[] {
    if (this.#action.key !== "maintenance_nodes") return [];
    return nodesWithNewMaintenance(this.#cluster).map((changed) => ({
      nodeId: changed.id,
      isInMaintenance: (changed.flags & NodeFlag.Maintenance) !== 0,
    }));
  }

  get #isPseudo(): boolean {
    return hasActionFlags(this.#action, ActionFlag.Pseudo);
  }

  get #historyName(): string | null {
    return this.#action.resource?.historyName ?? null;
  }
}

/** Where a real action, or one that stands for fencing, is done. */
function shownNode(action: Action): ClusterNode | null {
  return hasActionFlags(action, ActionFlag.Pseudo) && action.task !== "stonith" ? null : action.node;
}

/** The key under which the executor knows the operation of an instance. */
function historyKey(action: Action, historyName: string): string {
  if (action.task === "notify") {
    const type = action.meta.get("notify_type") ?? "";
    const operation = action.meta.get("notify_operation") ?? "";
    return `${historyName}_${type}_notify_${operation}_0`;
  }
  const intervalMs = Number(action.meta.get("interval") ?? "0");
  return actionKey(historyName, action.cancelTask ?? action.task, intervalMs);
}

function describeResource(resource: Resource): GraphResource {
  const { historyName, configuredId } = resource;
  let id = resource.id;
  let longId: string | null = null;
  if (hasFlags(resource, ResourceFlag.Removed) && historyName !== null) {
    id = historyName;
    longId = resource.id;
  } else if (!hasFlags(resource, ResourceFlag.Unique)) {
    id = configuredId;
    longId = historyName !== null && historyName !== configuredId ? historyName : resource.id;
  }
  return {
    element: resource.xml.name,
    id,
    longId,
    class: resource.primitive?.class ?? "",
    provider: resource.primitive?.provider ?? null,
    type: resource.primitive?.type ?? "",
  };
}

import { actionKey } from "../actions/action-key.ts";
import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { actionAttributes } from "./action-attributes.ts";
import { downedBy } from "./downed.ts";
import { nodesWithNewMaintenance } from "./maintenance.ts";
import { routerNode } from "./router-node.ts";
import type { GraphAction, GraphElementName, GraphResource } from "./transition-graph.ts";

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** The priority of an action's synapse; 0 when it has none. Source: part 4, 13.4. */
export function synapsePriority(action: Action): number {
  return Math.max(action.priority, action.resource?.priority ?? 0, 0);
}

/**
 * An action as the graph shows it: in full where it is done, in short where it is an input.
 * Source: part 4, 13.5.
 */
export function describeAction(
  cluster: Cluster,
  action: Action,
  form: { readonly isFull: boolean },
): GraphAction {
  const isPseudo = hasActionFlags(action, ActionFlag.Pseudo);
  const node = isPseudo && action.task !== "stonith" ? null : action.node;
  if (node !== null) {
    action.meta.set("on_node", node.name);
    action.meta.set("on_node_uuid", node.id);
  }
  const historyName = action.resource?.historyName ?? null;
  return {
    element: elementName(action, isPseudo),
    id: action.id,
    operation: action.task,
    operationKey: historyName === null ? action.key : historyKey(action, historyName),
    internalOperationKey: historyName === null ? null : action.key,
    onNode: node?.name ?? null,
    onNodeUuid: node?.id ?? null,
    routerNode: node === null ? null : (routerNode(action)?.name ?? null),
    isCibMode: action.task === "lrm_delete",
    shutdownLockS: form.isFull ? shutdownLockS(action, isPseudo) : null,
    resource: form.isFull && !isPseudo && action.resource !== null ? describeResource(action.resource) : null,
    attributes: form.isFull ? actionAttributes(cluster, action) : NO_ATTRIBUTES,
    downed: form.isFull && node !== null ? downedBy(action, node) : [],
    maintenance:
      form.isFull && action.key === "maintenance_nodes"
        ? nodesWithNewMaintenance(cluster).map((changed) => ({
            nodeId: changed.id,
            isInMaintenance: (changed.flags & NodeFlag.Maintenance) !== 0,
          }))
        : [],
  };
}

function elementName(action: Action, isPseudo: boolean): GraphElementName {
  switch (action.task) {
    case "stonith":
      return isPseudo ? "pseudo_event" : "crm_event";
    case "do_shutdown":
    case "clear_failcount":
    case "lrm_delete":
      return "crm_event";
    default:
      return isPseudo ? "pseudo_event" : "rsc_op";
  }
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

function shutdownLockS(action: Action, isPseudo: boolean): number | null {
  const resource = action.resource;
  const node = action.node;
  if (resource === null || node === null || isPseudo || resource.lockNode !== node) return null;
  const isShuttingDown = (node.flags & NodeFlag.Shutdown) !== 0;
  return isShuttingDown && action.task !== "stop" ? null : resource.lockTimeS;
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

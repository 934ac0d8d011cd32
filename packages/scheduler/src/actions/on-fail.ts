import { parseBoolean } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { FailureResponse } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { isGuestNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { parseIntervalMs } from "./operation-interval.ts";

/**
 * Drops or completes the `on-fail` of an operation where it must not or need not be given: what is left in the
 * table is what holds. Source: part 3, 3.4.
 */
export function validateOnFail(
  table: Map<string, string>,
  facts: {
    readonly resource: Resource;
    readonly task: string;
    readonly operation: XmlElement | null;
    readonly intervalMs: number;
  },
): void {
  const value = table.get("on-fail")?.toLowerCase() ?? null;
  if (facts.task === "stop" && (value === "standby" || value === "demote" || value === "stop")) {
    table.delete("on-fail");
    return;
  }
  if (facts.task === "demote" && value === null) {
    for (const operation of facts.resource.operations) {
      const monitorOnFail = operation.get("on-fail");
      if (monitorOnFail === null || monitorOnFail.toLowerCase() === "demote") continue;
      if (isPromotedMonitor(operation) && parseBoolean(operation.get("enabled") ?? "true") !== false) {
        table.set("on-fail", monitorOnFail);
      }
    }
    return;
  }
  if (facts.task === "lrm_delete" && value !== "ignore") {
    table.set("on-fail", "ignore");
    return;
  }
  if (value === "demote") {
    const operation = facts.operation;
    const isAllowed =
      operation !== null && (operation.get("name") === "promote" || isPromotedMonitor(operation));
    if (!isAllowed) table.delete("on-fail");
  }
}

function isPromotedMonitor(operation: XmlElement): boolean {
  const role = operation.get("role")?.toLowerCase();
  return (
    operation.get("name") === "monitor" &&
    (role === "promoted" || role === "master") &&
    parseIntervalMs(operation.get("interval")) > 0
  );
}

/**
 * What is done when the action fails; `onFail` is the validated value or null. Source: part 3, 3.5; part 1, 13.2.
 */
export function failureResponse(
  cluster: Cluster,
  facts: {
    readonly resource: Resource;
    readonly task: string;
    readonly intervalMs: number;
    readonly onFail: string | null;
  },
): FailureResponse {
  const { resource, task } = facts;
  const isManaged = hasFlags(resource, ResourceFlag.Managed);
  const isProbe = task === "monitor" && facts.intervalMs === 0;
  const needsReset = isRemoteNodeConnection(cluster, resource) && !isProbe && task !== "start";
  if (!needsReset || isManaged) {
    const configured = configuredResponse(cluster, resource, facts.onFail);
    if (configured !== null) return configured;
  }
  if (resource.launcher !== null) return FailureResponse.RestartContainer;
  if (needsReset) return isManaged ? FailureResponse.ResetRemote : FailureResponse.Stop;
  if (task === "stop") {
    return cluster.options.isFencingEnabled ? FailureResponse.Fence : FailureResponse.Block;
  }
  return FailureResponse.Restart;
}

function configuredResponse(
  cluster: Cluster,
  resource: Resource,
  onFail: string | null,
): FailureResponse | null {
  switch (onFail?.toLowerCase()) {
    case "block":
      return FailureResponse.Block;
    case "fence":
      return cluster.options.isFencingEnabled ? FailureResponse.Fence : FailureResponse.Stop;
    case "standby":
      return FailureResponse.Standby;
    case "ignore":
    case "nothing":
      return FailureResponse.Ignore;
    case "migrate":
      return FailureResponse.Ban;
    case "stop":
      return FailureResponse.Stop;
    case "restart":
      return FailureResponse.Restart;
    case "restart-container":
      return resource.launcher === null ? null : FailureResponse.RestartContainer;
    case "demote":
      return FailureResponse.Demote;
    default:
      return null;
  }
}

/** Of a remote node, not of a guest or bundle node. */
function isRemoteNodeConnection(cluster: Cluster, resource: Resource): boolean {
  if (!hasFlags(resource, ResourceFlag.RemoteConnection)) return false;
  const node = cluster.lookup.nodeByName(resource.id);
  return node !== null && node.kind === "remote" && !isGuestNode(node);
}

/** The role in which a resource is kept after the action failed. Source: part 3, 3.5, at the end. */
export function roleAfterFailure(resource: Resource, task: string, response: FailureResponse): Role {
  if (response === FailureResponse.Stop) return Role.Stopped;
  if (response === FailureResponse.ResetRemote && resource.reconnectIntervalMs > 0) {
    return Role.Stopped;
  }
  return task === "promote" ? Role.Unpromoted : Role.Started;
}

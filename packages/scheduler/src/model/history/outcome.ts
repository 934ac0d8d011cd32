import { INFINITY } from "@quorate/cib";
import { requestFencing } from "../../actions/fencing.ts";
import { requestResourceAction } from "../../actions/request-action.ts";
import { ActionFlag, FailureResponse } from "../action.ts";
import { block, setActive } from "../activation.ts";
import { isInBundle } from "../ancestry.ts";
import { hasNodeFlags, isGuestNode, isRemoteNode, NodeFlag } from "../node.ts";
import type { Reason } from "../reason.ts";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import { addScore } from "../scores.ts";
import type { HistoryReading } from "./reading.ts";

/** Draws the conclusions from all entries of a resource on a node. Source: part 1, 13.4. */
export function applyOutcome(reading: HistoryReading): void {
  const { resource, node, unpacking } = reading;
  const isActive = resource.role > Role.Stopped;
  const original = reading.response;
  if (resource.role !== Role.Unknown) markKnown(reading);
  if (isActive) fenceWhereLost(reading);
  if (hasNodeFlags(node, NodeFlag.Unclean)) reading.response = FailureResponse.Ignore;
  respond(reading, isActive);
  reviveFailedConnection(reading);
  if (isActive) {
    setActive(unpacking.cluster, resource, node, original !== FailureResponse.Ignore);
    markFailed(resource, reading.response);
  } else {
    forgetInactive(reading);
  }
  if (
    resource.role === Role.Stopped &&
    resource.activeNodes.length > 0 &&
    resource.partialMigrationTarget !== null &&
    resource.partialMigrationSource === node
  ) {
    resource.role = Role.Started;
  }
}

/** The state of the resource is known here, so it is for the anonymous clones around it. */
function markKnown(reading: HistoryReading): void {
  for (let part: Resource | null = reading.resource; part !== null; part = part.parent) {
    part.knownNodes.add(reading.node);
    if (hasFlags(part, ResourceFlag.Unique)) return;
  }
}

/** What may still run on a lost node must not be started elsewhere. */
function fenceWhereLost(reading: HistoryReading): void {
  const { resource, node, unpacking } = reading;
  const { cluster } = unpacking;
  if (
    hasNodeFlags(node, NodeFlag.Online) ||
    hasNodeFlags(node, NodeFlag.Maintenance) ||
    !hasFlags(resource, ResourceFlag.Managed)
  ) {
    return;
  }
  let reason: Reason = { kind: "resource thought active there", resource: resource.id };
  if (isGuestNode(node)) {
    resource.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
  } else if (!cluster.options.isFencingEnabled) {
    return;
  } else if (
    isRemoteNode(node) &&
    node.connection !== null &&
    !hasFlags(node.connection, ResourceFlag.Failed)
  ) {
    node.flags &= ~NodeFlag.Seen;
    reason = { kind: "resource active on lost remote node", resource: resource.id };
  }
  requestFencing(cluster, node, reason);
}

/** Rule 4 of 13.4. */
function respond(reading: HistoryReading, isActive: boolean): void {
  const { resource, node, unpacking } = reading;
  const { cluster } = unpacking;
  switch (reading.response) {
    case FailureResponse.Ignore:
      return;
    case FailureResponse.Demote:
      resource.flags |= ResourceFlag.Failed;
      requestResourceAction(cluster, resource, "demote", { node, isOptional: false });
      return;
    case FailureResponse.Fence:
      requestFencing(cluster, node, { kind: "resource failed there", resource: resource.id });
      return;
    case FailureResponse.Standby:
      node.flags |= NodeFlag.Standby | NodeFlag.FailStandby;
      cluster.explanations.push({
        kind: "node-state",
        node: node.name,
        change: "standby-on-failure",
        reason: null,
      });
      return;
    case FailureResponse.Block:
      block(resource);
      return;
    case FailureResponse.Ban:
      addScore(resource, node, -INFINITY, {
        kind: "failure",
        operation: reading.lastFailure?.key ?? "",
        exitStatus: reading.lastFailure?.exitStatus ?? 0,
      });
      return;
    case FailureResponse.Stop:
      resource.nextRole = Role.Stopped;
      return;
    case FailureResponse.Restart:
      if (isActive) {
        resource.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
        requestResourceAction(cluster, resource, "stop", { node, isOptional: false });
      }
      return;
    case FailureResponse.RestartContainer:
      restartContainer(reading, isActive);
      return;
    case FailureResponse.ResetRemote:
      resetRemote(reading, isActive);
      return;
  }
}

function restartContainer(reading: HistoryReading, isActive: boolean): void {
  const { resource, node, unpacking } = reading;
  resource.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
  const launcher = resource.launcher;
  if (launcher !== null && isInBundle(resource)) {
    unpacking.deferredContainerStops.push(launcher);
  } else if (launcher !== null) {
    requestResourceAction(unpacking.cluster, launcher, "stop", { node, isOptional: false });
  } else if (isActive) {
    requestResourceAction(unpacking.cluster, resource, "stop", { node, isOptional: false });
  }
}

function resetRemote(reading: HistoryReading, isActive: boolean): void {
  const { resource, node, unpacking } = reading;
  const { cluster, lookup } = unpacking;
  resource.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
  if (cluster.options.isFencingEnabled && hasFlags(resource, ResourceFlag.RemoteConnection)) {
    const remote = lookup.nodeByName(resource.id);
    if (remote !== null && isRemoteNode(remote) && !hasNodeFlags(remote, NodeFlag.RemoteFenced)) {
      requestFencing(cluster, remote, { kind: "remote connection is unrecoverable" });
    }
  }
  if (isActive) requestResourceAction(cluster, resource, "stop", { node, isOptional: false });
  if (resource.reconnectIntervalMs > 0) resource.nextRole = Role.Stopped;
}

/** A node whose connection failed was seen: it is fenced even if startup fencing is off. */
function reviveFailedConnection(reading: HistoryReading): void {
  const { resource, unpacking } = reading;
  if (!hasFlags(resource, ResourceFlag.Failed | ResourceFlag.RemoteConnection)) return;
  const remote = unpacking.lookup.nodeByName(resource.id);
  if (remote !== null && hasNodeFlags(remote, NodeFlag.Unclean)) remote.flags |= NodeFlag.Seen;
}

function markFailed(resource: Resource, response: FailureResponse): void {
  switch (response) {
    case FailureResponse.Ignore:
      return;
    case FailureResponse.Demote:
    case FailureResponse.Block:
      resource.flags |= ResourceFlag.Failed;
      return;
    default:
      resource.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
  }
}

/** Rule 6 of 13.4, second half. */
function forgetInactive(reading: HistoryReading): void {
  const { resource, node, unpacking } = reading;
  if (resource.historyName?.includes(":") === true) {
    unpacking.lookup.setHistoryName(resource, null);
    return;
  }
  for (const action of resource.actions) {
    if (action.task !== "stop" || (action.node !== null && action.node !== node)) continue;
    action.node ??= node;
    action.flags |= ActionFlag.Optional;
  }
}

import { parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { actionKey } from "../../actions/action-key.ts";
import { requestAction, requestResourceAction } from "../../actions/request-action.ts";
import { FailureResponse } from "../action.ts";
import { currentNode } from "../activity.ts";
import { checkpoint } from "../checkpoint.ts";
import { ExecutionStatus, type HistoryEntry, type ResourceHistory } from "../history-entry.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../resource.ts";
import { applyRequestedRole } from "../resources/settings.ts";
import { linkLauncher } from "../resources/unpack-resources.ts";
import { Role } from "../role.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf } from "../xml-attribute.ts";
import { applyOutcome } from "./outcome.ts";
import { findOwner } from "./owner.ts";
import { readEntry } from "./read-entry.ts";
import type { HistoryReading } from "./reading.ts";
import { createRemoved } from "./removed.ts";

/** Reads all resource history of a node. Source: part 1, 11.2. */
export function readNodeHistory(unpacking: Unpacking, node: ClusterNode, state: XmlElement): void {
  let hasRemovedLaunched = false;
  checkpoint(unpacking.cluster);
  const histories = unpacking.cluster.history.ofState(state);
  for (const history of histories) {
    const resource = readResourceHistory(unpacking, node, history);
    if (resource !== null && hasFlags(resource, ResourceFlag.RemovedLaunched)) hasRemovedLaunched = true;
  }
  if (!hasRemovedLaunched) return;
  for (const history of histories) {
    const launcherName = attributeOf(history.xml, "container");
    if (launcherName === null || unpacking.lookup.resource(launcherName) === null) continue;
    const resource = unpacking.lookup.resource(history.id);
    if (resource === null || resource.launcher !== null) continue;
    if (hasFlags(resource, ResourceFlag.RemovedLaunched)) linkLauncher(unpacking, resource);
  }
}

/** Source: part 1, 11.3. Null when the entry belongs to nothing. */
function readResourceHistory(
  unpacking: Unpacking,
  node: ClusterNode,
  history: ResourceHistory,
): Resource | null {
  const { cluster } = unpacking;
  const hasEntries = history.entries.length > 0;
  if (!hasEntries && !cluster.options.locksOnShutdown) return null;
  let resource = findOwner(unpacking, node, history.id);
  if (resource === null) {
    if (!hasEntries) return null;
    resource = createRemoved(unpacking, history);
    if (resource === null) return null;
  }
  if (cluster.options.locksOnShutdown) readLock(unpacking, resource, node, history.xml);
  const savedRole = resource.role;
  resource.role = Role.Unknown;
  const reading: HistoryReading = {
    unpacking,
    resource,
    node,
    lastFailure: null,
    response: FailureResponse.Ignore,
  };
  for (const entry of history.sorted) readEntry(reading, entry);
  registerRecurring(reading, history);
  applyOutcome(reading);
  applyRequestedRole(resource);
  if (savedRole > resource.role) resource.role = savedRole;
  return resource;
}

/** Recurring operations that run already are optional actions, made before placement. Source: part 1, 11.7. */
function registerRecurring(reading: HistoryReading, { sorted, start, stop }: ResourceHistory): void {
  const { resource, node, unpacking } = reading;
  if (!hasNodeFlags(node, NodeFlag.Online)) return;
  for (let index = Math.max(start, start < stop ? stop + 1 : 0); index < sorted.length; index++) {
    const entry = sorted[index] as HistoryEntry;
    if (entry.intervalMs === 0) continue;
    if (entry.executionStatus === ExecutionStatus.Pending) continue;
    requestAction(unpacking.cluster, {
      resource,
      key: actionKey(resource.id, entry.operation, entry.intervalMs),
      task: entry.operation,
      node,
      isOptional: true,
    });
  }
}

/** A resource that is kept for a node that shut down. Source: part 1, 20 rule 1. */
function readLock(unpacking: Unpacking, resource: Resource, node: ClusterNode, xml: XmlElement): void {
  const { cluster } = unpacking;
  const text = attributeOf(xml, "shutdown-lock");
  const lockTimeS = text === null ? 0 : (parseInteger(text) ?? 0);
  if (lockTimeS === 0) return;
  const limitS = Math.floor(cluster.options.shutdownLockLimitMs / 1000);
  if (cluster.options.shutdownLockLimitMs > 0 && cluster.nowS > lockTimeS + limitS) {
    requestResourceAction(cluster, resource, "lrm_delete", { node, isOptional: false });
    return;
  }
  resource.lockNode = node;
  resource.lockTimeS = lockTimeS;
}

/** Containers of failed bundle connections stop only now, when it is known where they are. Source: part 1, 13.4. */
export function stopDeferredContainers(unpacking: Unpacking): void {
  for (const container of [...unpacking.deferredContainerStops].reverse()) {
    const node = currentNode(container);
    if (node === null) continue;
    requestResourceAction(unpacking.cluster, container, "stop", { node, isOptional: false });
  }
}

import { type Action, ActionFlag, createAction, hasActionFlags } from "../model/action.ts";
import { isActive } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { actionKey, foldKey, intervalMsOfKey } from "./action-key.ts";
import { canFence, requestFencing } from "./fencing.ts";
import { failureResponse, roleAfterFailure } from "./on-fail.ts";
import { configuredOperation, operationParameters } from "./operation-configuration.ts";

export interface ActionRequest {
  /** Null for actions of the cluster: fencing, shutdown, barriers. */
  readonly resource: Resource | null;
  /** Null: of the resource, `RESOURCE_TASK_0`. */
  readonly key: string | null;
  readonly task: string;
  readonly node: ClusterNode | null;
  readonly isOptional: boolean;
}

/**
 * Gets the action with that key on that node, or creates it, and applies the rules that hold at every request:
 * whether it is optional and whether it can run. A later request can change both, and erase the reason.
 * Source: part 3, 2.3 and 4.
 */
export function requestAction(cluster: Cluster, request: ActionRequest): Action {
  const action = findAction(cluster, request) ?? newAction(cluster, request);
  updateOptional(action, request.isOptional);
  if (action.resource !== null) {
    readExtraParameters(cluster, action);
    updateRunnable(cluster, action, action.resource);
  }
  return action;
}

/** An action of a resource that is done once: key `RSC_TASK_0`. */
export function requestResourceAction(
  cluster: Cluster,
  resource: Resource,
  task: string,
  options: { readonly node: ClusterNode | null; readonly isOptional: boolean },
): Action {
  return requestAction(cluster, {
    resource,
    key: null,
    task,
    node: options.node,
    isOptional: options.isOptional,
  });
}

/** An action of a resource that needs no agent and has no node, as collective resources have. */
export function requestPseudoAction(
  cluster: Cluster,
  resource: Resource,
  task: string,
  options: { readonly key?: string; readonly isOptional: boolean; readonly isRunnable: boolean },
): Action {
  const action = requestAction(cluster, {
    resource,
    key: options.key ?? null,
    task,
    node: null,
    isOptional: options.isOptional,
  });
  action.flags |= ActionFlag.Pseudo;
  if (options.isRunnable) action.flags |= ActionFlag.Runnable;
  return action;
}

/** The action without resource that has that name; a new one is optional and can run. */
export function requestClusterPseudoAction(cluster: Cluster, name: string): Action {
  const known = cluster.clusterActions.get(foldKey(name));
  if (known !== undefined) return known;
  const action = requestAction(cluster, {
    resource: null,
    key: name,
    task: name,
    node: null,
    isOptional: true,
  });
  action.flags |= ActionFlag.Pseudo | ActionFlag.Runnable;
  return action;
}

function findAction(cluster: Cluster, request: ActionRequest): Action | null {
  const { resource, key, task, node } = request;
  if (resource === null) return cluster.clusterActions.get(foldKey(key ?? task)) ?? null;
  const { actionTable } = resource;
  const candidates = key === null ? actionTable.once(task) : actionTable.withKey(key);
  if (candidates === null) return null;
  for (const action of candidates) {
    if (node === null || action.node === node) return action;
    if (action.node === null) {
      action.node = node;
      return action;
    }
  }
  return null;
}

function newAction(cluster: Cluster, request: ActionRequest): Action {
  const { resource, task, node } = request;
  const key = request.key ?? keyOfOnce(resource, task);
  const intervalMs = request.key === null ? 0 : intervalMsOfKey(request.key);
  let flags: number = ActionFlag.Runnable;
  if (request.isOptional) flags |= ActionFlag.Optional;
  if (task === "lrm_delete") flags |= ActionFlag.OnDc;
  const action = createAction({
    id: cluster.actions.length + 1,
    key,
    task,
    intervalMs,
    resource,
    node,
    flags,
  });
  cluster.actions.push(action);
  if (resource === null) {
    cluster.clusterActions.set(foldKey(key), action);
    return action;
  }
  resource.actions.push(action);
  resource.actionTable.add(resource.id, action);
  configure(cluster, action, resource);
  return action;
}

function keyOfOnce(resource: Resource | null, task: string): string {
  if (resource === null) return task;
  return resource.actionTable.knownKey(task) ?? actionKey(resource.id, task, 0);
}

/** Source: part 3, 3. */
function configure(cluster: Cluster, action: Action, resource: Resource): void {
  const { task, intervalMs, node } = action;
  const isNotification = action.key.includes("_notify_");
  const configured = configuredOperation(cluster, { resource, task, intervalMs, node, isNotification });
  action.operation = configured.operation;
  action.meta = configured.meta;
  if (task.toLowerCase() === "start" || task.toLowerCase() === "promote") {
    if (hasFlags(resource, ResourceFlag.NeedsFencing)) action.requirement = "fencing";
    else if (hasFlags(resource, ResourceFlag.NeedsQuorum)) action.requirement = "quorum";
  }
  const onFail = action.meta.get("on-fail") ?? null;
  action.onFail = failureResponse(cluster, { resource, task, intervalMs, onFail });
  action.roleAfterFailure = roleAfterFailure(resource, task, action.onFail);
}

/** Source: part 3, 4.1. */
function updateOptional(action: Action, isOptional: boolean): void {
  const resource = action.resource;
  if (
    resource !== null &&
    action.node !== null &&
    !hasActionFlags(action, ActionFlag.Pseudo) &&
    !hasFlags(resource, ResourceFlag.Managed) &&
    !action.meta.has("interval")
  ) {
    action.flags |= ActionFlag.Optional;
  } else if (!isOptional) {
    action.flags &= ~ActionFlag.Optional;
  }
}

/** Source: part 3, 2.3 step 4. */
function readExtraParameters(cluster: Cluster, action: Action): void {
  if (action.node === null || action.operation === null) return;
  if (hasActionFlags(action, ActionFlag.ExtraParametersRead)) return;
  action.flags |= ActionFlag.ExtraParametersRead;
  const parameters = operationParameters(cluster, action.operation, action.node);
  if (parameters.size > 0) action.extraParameters = parameters;
}

/** Source: part 3, 4.2. */
function updateRunnable(cluster: Cluster, action: Action, resource: Resource): void {
  if (hasActionFlags(action, ActionFlag.Pseudo)) return;
  const node = action.node;
  if (node === null) {
    action.flags &= ~ActionFlag.Runnable;
    return;
  }
  const isOnDc = hasActionFlags(action, ActionFlag.OnDc);
  const isOnline = (node.flags & NodeFlag.Online) !== 0;
  if (!isOnDc && !isOnline && (!isGuestNode(node) || (node.flags & NodeFlag.RemoteReset) !== 0)) {
    action.flags &= ~ActionFlag.Runnable;
    if (
      hasFlags(resource, ResourceFlag.Managed) &&
      action.task === "stop" &&
      (node.flags & NodeFlag.Unclean) === 0
    ) {
      requestFencing(cluster, node, { kind: "stop is unrunnable" });
    }
    return;
  }
  if (!isOnDc && (node.flags & NodeFlag.Pending) !== 0) {
    action.flags &= ~ActionFlag.Runnable;
    return;
  }
  if (action.requirement === "nothing") {
    action.reason = null;
    if (isGuestNode(node) && !canFence(cluster, node)) action.flags &= ~ActionFlag.Runnable;
    else action.flags |= ActionFlag.Runnable;
    return;
  }
  updateByQuorum(cluster, action, resource);
}

/** Source: part 3, 4.2 step 6. */
function updateByQuorum(cluster: Cluster, action: Action, resource: Resource): void {
  if (cluster.hasQuorum) {
    action.flags |= ActionFlag.Runnable;
    return;
  }
  switch (cluster.options.noQuorumPolicy) {
    case "stop":
      blockWithoutQuorum(action);
      return;
    case "freeze":
      if (!isActive(resource, true) || resource.nextRole > resource.role) {
        action.flags &= ~ActionFlag.Runnable;
        action.reason = { kind: "quorum freeze" };
      }
      return;
    case "demote":
      if (resource.role !== Role.Promoted && resource.role !== Role.Unpromoted) {
        blockWithoutQuorum(action);
        return;
      }
      if (resource.nextRole > Role.Unpromoted) resource.nextRole = Role.Unpromoted;
      action.flags |= ActionFlag.Runnable;
      return;
    case "ignore":
    case "fence":
      action.flags |= ActionFlag.Runnable;
      return;
  }
}

function blockWithoutQuorum(action: Action): void {
  action.flags &= ~ActionFlag.Runnable;
  action.reason = { kind: "no quorum" };
}

import { ActionFlag, hasActionFlags } from "../model/action.ts";
import { forEachLeaf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Resource } from "../model/resource.ts";
import { createStartAndStopNotifications } from "./clone-notifications.ts";
import { requestPseudoAction } from "./request-action.ts";
import { COMPLETION_PRIORITY, createResourceActions } from "./resource-actions.ts";

/**
 * Creates the actions of a collective's instances (of a clone) or containers (of a bundle), then its own starts and
 * stops, which are required when those of an instance are. Source: part 3, 18.2.
 */
export function createInstanceActions(
  cluster: Cluster,
  collective: Resource,
  instances: readonly Resource[],
): void {
  const state: InstanceState = {
    isActive: false,
    isStarting: false,
    isStopping: false,
    isRestarting: false,
  };
  for (const instance of instances) {
    createResourceActions(cluster, instance);
    forEachLeaf(instance, (leaf) => addToState(state, leaf));
  }
  const create = (task: string, isOptional: boolean, isRunnable: boolean) =>
    requestPseudoAction(cluster, collective, task, { isOptional, isRunnable });
  create("start", !state.isStarting, true);
  const running = create("running", !state.isStarting, state.isActive || state.isStarting);
  running.priority = COMPLETION_PRIORITY;
  const stop = create("stop", !state.isStopping, true);
  const stopped = create("stopped", !state.isStopping, true);
  stopped.priority = COMPLETION_PRIORITY;
  if (!state.isRestarting) stop.flags |= ActionFlag.Migratable;
  if (collective.clone !== null) createStartAndStopNotifications(cluster, collective);
}

interface InstanceState {
  isActive: boolean;
  isStarting: boolean;
  isStopping: boolean;
  isRestarting: boolean;
}

function addToState(state: InstanceState, leaf: Resource): void {
  if (leaf.activeNodes.length > 0) state.isActive = true;
  let isStarting = false;
  let isStopping = false;
  for (const action of leaf.actions) {
    if (hasActionFlags(action, ActionFlag.Optional)) continue;
    if (action.task === "start" && hasActionFlags(action, ActionFlag.Runnable)) isStarting = true;
    if (action.task === "stop" && (action.flags & (ActionFlag.Runnable | ActionFlag.Pseudo)) !== 0) {
      isStopping = true;
    }
  }
  if (isStarting) state.isStarting = true;
  if (isStopping) state.isStopping = true;
  if (isStarting && isStopping) state.isRestarting = true;
}

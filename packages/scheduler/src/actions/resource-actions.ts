import { isTrue } from "@quorate/cib";
import type { BundleFacts } from "../model/bundle.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { createCloneActions } from "./clone-actions.ts";
import { createInstanceActions } from "./instance-actions.ts";
import { createPrimitiveActions } from "./primitive-actions.ts";
import { requestPseudoAction } from "./request-action.ts";

/** Priority of what completes a collective's work: nothing that waits for it should be held back. */
export const COMPLETION_PRIORITY = 1_000_000;

/** Creates the actions of a resource of any kind and of what is in it. Source: part 3, 18. */
export function createResourceActions(cluster: Cluster, resource: Resource): void {
  if (resource.bundle !== null) createBundleActions(cluster, resource, resource.bundle);
  else if (resource.clone !== null) createCloneActions(cluster, resource);
  else if (resource.group !== null) createGroupActions(cluster, resource);
  else createPrimitiveActions(cluster, resource);
}

/** Source: part 3, 18.1. */
function createGroupActions(cluster: Cluster, group: Resource): void {
  for (const member of group.children) createResourceActions(cluster, member);
  const tasks = ["start", "running", "stop", "stopped"];
  if (isTrue(group.meta.get("promotable") ?? null)) tasks.push("demote", "demoted", "promote", "promoted");
  for (const task of tasks) {
    requestPseudoAction(cluster, group, task, { isOptional: true, isRunnable: true });
  }
}

/** Source: part 3, 18.4. */
function createBundleActions(cluster: Cluster, bundle: Resource, facts: BundleFacts): void {
  const containers: Resource[] = [];
  for (const { ip, container, connection } of facts.replicas) {
    if (ip !== null) createResourceActions(cluster, ip);
    createResourceActions(cluster, container);
    if (connection !== null) createResourceActions(cluster, connection);
    containers.push(container);
  }
  createInstanceActions(cluster, bundle, containers);
  if (facts.clone === null) return;
  createCloneActions(cluster, facts.clone);
  if (!hasFlags(facts.clone, ResourceFlag.Promotable)) return;
  for (const task of ["promote", "promoted", "demote", "demoted"]) {
    const action = requestPseudoAction(cluster, bundle, task, { isOptional: true, isRunnable: true });
    if (task.endsWith("ed")) action.priority = COMPLETION_PRIORITY;
  }
}

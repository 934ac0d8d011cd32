import { forEachLeaf, topWithBundle } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { AssignmentExplanation, RoleExplanation } from "../model/explanation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { requestedRole } from "../model/resources/settings.ts";
import { Role, roleName } from "../model/role.ts";
import type { Schedule } from "../schedule.ts";
import { explainActions } from "./explain-actions.ts";
import { explainNodes } from "./explain-nodes.ts";
import type { Condition, FailureExplanation, ResourceExplanation } from "./explanation-data.ts";

/**
 * Explains a decided resource: one explanation for each primitive in it, in their order. Null when no resource has
 * the id. Best from a run with `isExplaining`; without, neither scores nor ties between nodes can be explained.
 */
export function explainResource(schedule: Schedule, id: string): readonly ResourceExplanation[] | null {
  const { cluster } = schedule;
  const resource = findResource(cluster, id);
  if (resource === null) return null;
  const explanations: ResourceExplanation[] = [];
  forEachLeaf(resource, (leaf) => {
    explanations.push(explainPrimitive(cluster, leaf));
  });
  return explanations;
}

/** By id, with or without instance number; the configured id of something cloned means all its instances. */
function findResource(cluster: Cluster, id: string): Resource | null {
  const exact = cluster.lookup.resourceById(id);
  if (exact !== null) return exact;
  const instance = cluster.lookup.resource(`${id}:0`) ?? cluster.lookup.resource(id);
  return instance === null ? null : topWithBundle(instance);
}

function explainPrimitive(cluster: Cluster, resource: Resource): ResourceExplanation {
  const assignment = lastAssignment(cluster, resource);
  const role = lastRole(cluster, resource);
  return {
    resource: resource.id,
    agent: agentName(resource),
    role: roleName(resource.role),
    nextRole: roleName(resource.nextRole),
    activeNodes: resource.activeNodes.map((node) => node.name),
    assignedNode: resource.assignedNode?.name ?? null,
    decision: assignment?.cause ?? null,
    roleDecision: role?.cause ?? null,
    conditions: conditionsOf(cluster, resource),
    nodes: explainNodes(cluster, resource, assignment),
    actions: explainActions(resource),
    failures: failuresOf(cluster, resource),
  };
}

function agentName(resource: Resource): string {
  const primitive = resource.primitive;
  if (primitive === null) return resource.xml.name;
  const provider = primitive.provider === null ? "" : `${primitive.provider}:`;
  return `${primitive.class}:${provider}${primitive.type}`;
}

/** Instances may be placed tentatively first; what counts is the last word. */
function lastAssignment(cluster: Cluster, resource: Resource): AssignmentExplanation | null {
  for (let i = cluster.explanations.length - 1; i >= 0; i--) {
    const step = cluster.explanations[i];
    if (step?.kind === "assignment" && step.resource === resource.id) return step;
  }
  return null;
}

function lastRole(cluster: Cluster, resource: Resource): RoleExplanation | null {
  for (let part: Resource | null = resource; part !== null; part = part.parent) {
    for (let i = cluster.explanations.length - 1; i >= 0; i--) {
      const step = cluster.explanations[i];
      if (step?.kind === "role" && step.resource === part.id) return step;
    }
  }
  return null;
}

function conditionsOf(cluster: Cluster, resource: Resource): Condition[] {
  const conditions: Condition[] = [];
  const flag = (mask: number, condition: Condition): void => {
    if (hasFlags(resource, mask)) conditions.push(condition);
  };
  if (cluster.options.stopsAllResources) conditions.push("stop-all-resources");
  if (requestedRole(resource) === Role.Stopped) conditions.push("disabled");
  flag(ResourceFlag.Removed, "removed");
  flag(ResourceFlag.Failed, "failed");
  flag(ResourceFlag.Blocked, "blocked");
  flag(ResourceFlag.IgnoreFailure, "failure-ignored");
  if (hasFlags(resource, ResourceFlag.Maintenance)) conditions.push("maintenance");
  else if (!hasFlags(resource, ResourceFlag.Managed)) conditions.push("unmanaged");
  if (cluster.options.isFencingEnabled && !cluster.hasFencing) conditions.push("no-fencing-device");
  if (!cluster.hasQuorum && cluster.options.noQuorumPolicy !== "ignore") conditions.push("no-quorum");
  if (resource.lockNode !== null) conditions.push("locked");
  return conditions;
}

function failuresOf(cluster: Cluster, resource: Resource): FailureExplanation[] {
  return cluster.failedActions
    .filter((failed) => failed.resource === resource)
    .map(({ entry, node }) => ({
      operation: entry.key,
      node: node.name,
      exitStatus: entry.exitStatus,
      executionStatus: entry.executionStatus,
      exitReason: entry.xml.get("exit-reason"),
    }));
}

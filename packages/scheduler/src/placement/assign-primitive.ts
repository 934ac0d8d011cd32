import { INFINITY } from "@quorate/cib";
import { currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Colocation } from "../model/colocation.ts";
import type { AssignmentCause, AssignmentTie } from "../model/explanation.ts";
import { type ClusterNode, hasNodeFlags, isAvailable, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { addScoreToAll } from "../model/scores.ts";
import { assignResource } from "./assign-node.ts";
import { type AssignRequest, assign } from "./assign-resource.ts";
import { applyColocation } from "./colocation/apply-colocation.ts";
import { applyInfluence } from "./colocation/apply-influence.ts";
import { thisWithColocations, withThisColocations } from "./colocation-lists.ts";
import { assignLongChain } from "./long-chains.ts";
import { bestAllowedNode, hasAvailableNode, isAvailableFor } from "./node-comparison.ts";
import { recordScores } from "./score-lines.ts";
import { banIncapableNodes } from "./utilization/ban-incapable-nodes.ts";
import { compareCapacity } from "./utilization/capacity.ts";

/**
 * Decides where a primitive runs, after what it is colocated with. Returns its node; null: nowhere.
 * Source: scheduler specification, part 2, 11.
 */
export function assignPrimitive(
  cluster: Cluster,
  resource: Resource,
  request: AssignRequest,
): ClusterNode | null {
  const parent = resource.parent;
  if (parent !== null && !hasFlags(parent, ResourceFlag.Assigning)) assign(cluster, parent, request);
  if (!hasFlags(resource, ResourceFlag.Unassigned)) return resource.assignedNode;
  if (hasFlags(resource, ResourceFlag.Assigning)) return null;
  resource.flags |= ResourceFlag.Assigning;
  cluster.influences.forget(resource);
  applyColocations(cluster, resource);
  limitRole(cluster, resource);
  recordScores(cluster, resource, "primitive");
  if (cluster.options.isFencingEnabled && !cluster.hasFencing) resource.flags &= ~ResourceFlag.Managed;
  resource.decisiveStep = resource.allowedNodes.lastStep;
  decide(cluster, resource, request);
  resource.flags &= ~ResourceFlag.Assigning;
  cluster.influences.forget(resource);
  if (hasFlags(resource, ResourceFlag.RemoteConnection)) updateRemoteNode(cluster, resource);
  return resource.assignedNode;
}

/** Mandatory colocations first. Source: part 2, 11.3. */
function applyColocations(cluster: Cluster, resource: Resource): void {
  const thisWith = thisWithColocations(resource);
  const withThis = withThisColocations(resource);
  for (const isMandatory of [true, false]) {
    for (const colocation of thisWith) {
      if (Math.abs(colocation.score) >= INFINITY === isMandatory)
        followPrimary(cluster, resource, colocation);
    }
    for (const colocation of withThis) {
      if (Math.abs(colocation.score) >= INFINITY === isMandatory)
        applyInfluence(cluster, resource, colocation);
    }
  }
}

/** Source: part 2, 11.4. */
function followPrimary(cluster: Cluster, resource: Resource, colocation: Colocation): void {
  const { primary, score, dependentRole } = colocation;
  const isRevocable = dependentRole === Role.Promoted || (score < 0 && score > -INFINITY);
  const saved = isRevocable ? resource.allowedNodes.copy() : null;
  if (hasFlags(primary, ResourceFlag.Unassigned)) {
    assignLongChain(cluster, primary);
    assign(cluster, primary, { preferred: null, stopsIfFailed: true });
  }
  applyColocation(cluster, { dependent: resource, primary, colocation });
  if (saved !== null && !hasAvailableNode(resource.allowedNodes)) resource.allowedNodes = saved;
}

/** Source: part 2, 11.5. */
function limitRole(cluster: Cluster, resource: Resource): void {
  if (resource.nextRole === Role.Stopped) {
    addScoreToAll(cluster, resource, -INFINITY, { kind: "target-role" });
  } else if (
    resource.nextRole > resource.role &&
    !cluster.hasQuorum &&
    cluster.options.noQuorumPolicy === "freeze"
  ) {
    resource.nextRole = resource.role;
    cluster.explanations.push({
      kind: "role",
      resource: resource.id,
      role: resource.role,
      cause: "no-quorum",
    });
  }
}

/** Source: part 2, 11.6. */
function decide(cluster: Cluster, resource: Resource, request: AssignRequest): void {
  const { stopsIfFailed } = request;
  if (!hasFlags(resource, ResourceFlag.Managed)) {
    resource.nextRole = resource.role;
    const node = currentNode(resource);
    assignResource(cluster, resource, node, { isForced: true, stopsIfFailed });
    explain(cluster, resource, "unmanaged");
  } else if (cluster.options.stopsAllResources) {
    assignResource(cluster, resource, null, { isForced: true, stopsIfFailed });
    explain(cluster, resource, "stop-all-resources");
  } else {
    const preferred = banIncapableNodes(cluster, resource, request.preferred);
    if (!hasFlags(resource, ResourceFlag.Unassigned)) return;
    resource.decisiveStep = resource.allowedNodes.lastStep;
    const choice = chooseNode(cluster, resource, preferred);
    const ties = choice === null || !cluster.isExplaining ? [] : tiesOf(cluster, resource, choice.node);
    assignResource(cluster, resource, choice?.node ?? null, { isForced: false, stopsIfFailed });
    explain(cluster, resource, choice?.cause ?? "no-node-available", ties);
  }
}

/** The nodes that were as good by score, before anything is counted on the chosen one. */
function tiesOf(cluster: Cluster, resource: Resource, chosen: ClusterNode): AssignmentTie[] {
  const allowed = resource.allowedNodes;
  const isBalanced = cluster.options.placementStrategy === "balanced";
  const ties: AssignmentTie[] = [];
  for (const node of allowed.nodes) {
    if (node === chosen || !isAvailable(node) || allowed.score(node) !== allowed.score(chosen)) continue;
    ties.push({
      node: node.name,
      usedBy: node.assignedCount,
      chosenUsedBy: chosen.assignedCount,
      capacityPoints: isBalanced ? compareCapacity(chosen, node) : 0,
    });
  }
  return ties;
}

function explain(
  cluster: Cluster,
  resource: Resource,
  cause: AssignmentCause,
  ties: readonly AssignmentTie[] = [],
): void {
  const node = resource.assignedNode;
  cluster.explanations.push({
    kind: "assignment",
    resource: resource.id,
    node: node?.name ?? null,
    score: node === null ? -INFINITY : resource.assignedScore,
    cause: node === null && cause !== "stop-all-resources" ? "no-node-available" : cause,
    ties,
  });
}

/** Source: part 2, 11.6.3. */
function chooseNode(
  cluster: Cluster,
  resource: Resource,
  preferred: ClusterNode | null,
): { readonly node: ClusterNode; readonly cause: AssignmentCause } | null {
  const allowed = resource.allowedNodes;
  const current = currentNode(resource);
  const best = bestAllowedNode(cluster, resource, current);
  if (best === null) return null;
  const scoreBest = allowed.score(best);
  if (
    preferred !== null &&
    allowed.has(preferred) &&
    allowed.score(preferred) >= scoreBest &&
    isAvailableFor(allowed, preferred)
  ) {
    return { node: preferred, cause: "preferred" };
  }
  if (
    current !== null &&
    current !== best &&
    scoreBest > 0 &&
    isAvailable(best) &&
    !isUniqueInstance(resource) &&
    allowed.has(current) &&
    allowed.score(current) === scoreBest &&
    current.baseScore >= 0 &&
    isAvailable(current)
  ) {
    return { node: current, cause: "current-node" };
  }
  return { node: best, cause: "best-score" };
}

/** Instances of unique clones are spread rather than left where they are. */
function isUniqueInstance(resource: Resource): boolean {
  const parent = resource.parent;
  return parent !== null && parent.clone !== null && hasFlags(parent, ResourceFlag.Unique);
}

/** What is known now about the node behind a connection. Source: part 2, 11.6.5. */
function updateRemoteNode(cluster: Cluster, connection: Resource): void {
  const node = cluster.lookup.nodeByName(connection.id);
  if (node === null) return;
  if (connection.assignedNode !== null && connection.nextRole !== Role.Stopped) {
    node.flags |= NodeFlag.Online;
    if (!hasNodeFlags(node, NodeFlag.Seen)) node.flags &= ~NodeFlag.Unclean;
  } else {
    node.flags |= NodeFlag.Shutdown;
  }
  cluster.influences.forgetAll();
}

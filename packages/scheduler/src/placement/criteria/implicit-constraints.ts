import { INFINITY } from "@quorate/cib";
import type { Cluster } from "../../model/cluster.ts";
import type { ClusterNode } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { addColocation } from "../colocation/new-colocation.ts";
import { sortInstancesByNumber } from "../instances/instance-number.ts";

/** How much a bundle's connection wants to be where its container is: it may be elsewhere. Source: part 2, 9.1.2. */
const NESTED_CONNECTION_SCORE = 10_000;

/** Adds what groups, containers and connections imply. Source: scheduler specification, part 2, 9. */
export function addImplicitConstraints(cluster: Cluster): void {
  for (const resource of cluster.resources) constrain(cluster, resource);
}

function constrain(cluster: Cluster, resource: Resource): void {
  if (resource.primitive !== null) constrainPrimitive(cluster, resource);
  else if (resource.group !== null) constrainGroup(cluster, resource);
  else if (resource.clone !== null) constrainClone(cluster, resource);
  else constrainBundle(cluster, resource);
}

function constrainPrimitive(cluster: Cluster, resource: Resource): void {
  if (!hasFlags(resource, ResourceFlag.Managed)) return;
  const launcher = resource.launcher;
  const isConnection = hasFlags(resource, ResourceFlag.RemoteConnection);
  if (launcher !== null) {
    if (isConnection && !hasFlags(resource, ResourceFlag.RemoteNestingAllowed)) {
      banNodes(launcher, (node) => node.kind === "remote" && node.connection !== null);
    }
    const connection = isConnection ? null : connectionBehind(launcher);
    if (connection !== null) {
      banNodes(resource, (node) => node.connection !== connection);
    } else {
      const score = hasFlags(resource, ResourceFlag.RemoteNestingAllowed)
        ? NESTED_CONNECTION_SCORE
        : INFINITY;
      colocateImplicitly(cluster, "#resource-with-container", resource, launcher, score, true);
    }
  }
  if (isConnection || hasFlags(resource, ResourceFlag.FenceDevice)) {
    banNodes(resource, (node) => node.connection !== null);
  }
}

/** The connection through which what runs in the launcher is reached: the launcher itself, or one that it launched. */
function connectionBehind(launcher: Resource): Resource | null {
  if (hasFlags(launcher, ResourceFlag.RemoteConnection)) return launcher;
  for (const launched of launcher.launched) {
    if (hasFlags(launched, ResourceFlag.RemoteConnection)) return launched;
  }
  return null;
}

/** Sets -INFINITY on the nodes of the resource's table for which the condition holds. */
function banNodes(resource: Resource, condition: (node: ClusterNode) => boolean): void {
  const allowed = resource.allowedNodes;
  for (const node of allowed.nodes) {
    if (condition(node)) allowed.setScore(node, -INFINITY, { kind: "container" });
  }
}

export function colocateImplicitly(
  cluster: Cluster,
  id: string,
  dependent: Resource,
  primary: Resource,
  score: number,
  hasInfluence: boolean,
): void {
  addColocation(cluster, {
    id,
    dependent,
    primary,
    dependentRole: Role.Unknown,
    primaryRole: Role.Unknown,
    score,
    nodeAttribute: "#uname",
    hasInfluence,
    isExplicit: false,
  });
}

/** Source: part 2, 9.2. */
function constrainGroup(cluster: Cluster, group: Resource): void {
  let previous: Resource | null = null;
  for (const member of group.children) {
    constrainPrimitive(cluster, member);
    if (previous !== null && group.group?.isColocated === true) {
      const hasInfluence = hasFlags(member, ResourceFlag.Critical);
      colocateImplicitly(cluster, "#group-members", member, previous, INFINITY, hasInfluence);
    }
    previous = member;
  }
}

/** Source: part 2, 9.3. */
function constrainClone(cluster: Cluster, clone: Resource): void {
  if (clone.clone?.isOrdered === true) sortInstancesByNumber(clone);
  for (const instance of clone.children) constrain(cluster, instance);
}

/** Source: part 2, 9.4. */
function constrainBundle(cluster: Cluster, resource: Resource): void {
  const bundle = resource.bundle;
  if (bundle === null) return;
  for (const replica of bundle.replicas) {
    constrainPrimitive(cluster, replica.container);
    if (replica.ip !== null) {
      constrainPrimitive(cluster, replica.ip);
      colocateImplicitly(cluster, "#ip-with-container", replica.ip, replica.container, INFINITY, true);
    }
    if (replica.connection !== null) constrainPrimitive(cluster, replica.connection);
  }
  if (bundle.clone !== null) constrainClone(cluster, bundle.clone);
}

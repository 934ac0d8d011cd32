import { INFINITY } from "@quorate/cib";
import type { BundleReplica } from "../../model/bundle.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { ClusterNode } from "../../model/node.ts";
import { type Resource, ResourceFlag } from "../../model/resource.ts";
import { assign } from "../assign-resource.ts";
import { colocateImplicitly } from "../criteria/implicit-constraints.ts";
import { thresholdReached } from "../criteria/migration-threshold.ts";
import { sortInstances } from "../instances/compare-instances.ts";
import { placeInstances } from "../instances/place-instances.ts";
import { recordScores } from "../score-lines.ts";

export interface AssignOptions {
  readonly preferred: ClusterNode | null;
  /** What finds no node has to stop. */
  readonly stopsIfFailed: boolean;
}

/**
 * Assigns the containers of a bundle, then what belongs to each, then the clone inside. Every call does all of it
 * again, as the reference does. Always returns null: a bundle has no node of its own.
 * Source: scheduler specification, part 2, 18.1.
 */
export function assignBundle(cluster: Cluster, resource: Resource, options: AssignOptions): null {
  const bundle = resource.bundle;
  if (bundle === null) return null;
  resource.flags |= ResourceFlag.Assigning;
  recordScores(cluster, resource, "bundle");
  const containers = bundle.replicas.map((replica) => replica.container);
  placeInstances(cluster, resource, sortInstances(cluster, resource, containers), {
    total: bundle.replicas.length,
    perNode: bundle.replicasPerHost,
  });
  for (const replica of bundle.replicas) assignReplica(cluster, bundle.clone, replica, options);
  if (bundle.clone !== null) {
    openBundleNodes(bundle.clone, bundle.replicas);
    assign(cluster, bundle.clone, options);
  }
  resource.flags &= ~(ResourceFlag.Assigning | ResourceFlag.Unassigned);
  return null;
}

function assignReplica(
  cluster: Cluster,
  clone: Resource | null,
  { container, ip, connection, instance, node }: BundleReplica,
  options: AssignOptions,
): void {
  if (ip !== null) assign(cluster, ip, options);
  if (connection !== null) {
    const hostConnection = container.assignedNode?.connection ?? null;
    if (container.assignedNode?.kind === "remote" && hostConnection !== null) {
      colocateImplicitly(
        cluster,
        "#replica-remote-with-host-remote",
        connection,
        hostConnection,
        INFINITY,
        true,
      );
    }
    assign(cluster, connection, options);
  }
  if (instance === null || node === null || clone === null) return;
  confine(cluster, instance, node);
  clone.flags |= ResourceFlag.Assigning;
  assign(cluster, instance, { ...options, preferred: node });
  clone.flags &= ~ResourceFlag.Assigning;
}

const CONTAINER = { kind: "container" } as const;

/** The bundled instance may run nowhere but in its own container. */
function confine(cluster: Cluster, instance: Resource, bundleNode: ClusterNode): void {
  const allowed = instance.allowedNodes;
  for (const node of allowed.nodes) {
    if (node !== bundleNode) allowed.setScore(node, -INFINITY, CONTAINER);
    else if (thresholdReached(cluster, instance, node) === null) allowed.setScore(node, INFINITY, CONTAINER);
  }
}

/** The clone inside counts its instances on the bundle's own nodes. */
function openBundleNodes(clone: Resource, replicas: readonly BundleReplica[]): void {
  const own = new Set(replicas.map((replica) => replica.node));
  for (const node of clone.allowedNodes.nodes) {
    clone.allowedNodes.setScore(node, own.has(node) ? 0 : -INFINITY, CONTAINER);
  }
}

import type { BundleFacts, BundleReplica } from "../model/bundle.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { RelationKind } from "../model/ordering.ts";
import { addOrdering, orderTasks, sideOf, sideOfAction } from "../orderings/add-ordering.ts";
import { firstAction } from "./find-actions.ts";
import { probe } from "./probes.ts";

/** Source: part 3, 14.5. */
export function probeBundle(cluster: Cluster, bundle: BundleFacts, node: ClusterNode): boolean {
  let isAnyProbed = false;
  for (const replica of bundle.replicas) {
    if (replica.ip !== null && probe(cluster, replica.ip, node)) isAnyProbed = true;
    if (replica.instance !== null && replica.node === node && probe(cluster, replica.instance, node)) {
      isAnyProbed = true;
    }
    if (probe(cluster, replica.container, node)) {
      isAnyProbed = true;
      if (bundle.replicasPerHost <= 1) waitForProbe(cluster, bundle, replica);
    }
    const connection = replica.connection;
    if (connection !== null && probe(cluster, connection, node)) {
      isAnyProbed = true;
      const probeAction = firstAction(connection, "monitor", node);
      if (probeAction !== null) {
        addOrdering(cluster, {
          first: sideOf(replica.container, "start"),
          then: sideOfAction(probeAction),
          kinds: RelationKind.NestedRemoteProbe,
        });
      }
    }
  }
  return isAnyProbed;
}

/** With one replica a host, no other container starts on the node before it is known what runs there. */
function waitForProbe(cluster: Cluster, bundle: BundleFacts, probed: BundleReplica): void {
  for (const other of bundle.replicas) {
    if (other === probed) continue;
    orderTasks(
      cluster,
      [probed.container, "monitor"],
      [other.container, "start"],
      RelationKind.Ordered | RelationKind.IfOnSameNode,
    );
  }
}

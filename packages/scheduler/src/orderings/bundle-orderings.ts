import type { BundleFacts, BundleReplica } from "../model/bundle.ts";
import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { orderTasks } from "./add-ordering.ts";
import { orderInsideClone, orderPromotableRestart } from "./clone-orderings.ts";
import { orderInsidePrimitive } from "./primitive-orderings.ts";

/** Source: part 3, 10.4. */
export function orderInsideBundle(cluster: Cluster, bundle: Resource, facts: BundleFacts): void {
  for (const replica of facts.replicas) orderInsideReplica(cluster, bundle, replica);
  const clone = facts.clone;
  if (clone === null || clone.clone === null) return;
  const graphsFirst = RelationKind.ThenImpliesFirstGraphed;
  const graphsThen = RelationKind.FirstImpliesThenGraphed;
  orderTasks(cluster, [bundle, "start"], [clone, "start"], graphsFirst);
  orderTasks(cluster, [clone, "running"], [bundle, "running"], graphsThen);
  orderTasks(cluster, [bundle, "stop"], [clone, "stop"], graphsFirst);
  orderTasks(cluster, [clone, "stopped"], [bundle, "stopped"], graphsThen);
  orderInsideClone(cluster, clone, clone.clone);
  if (!hasFlags(clone, ResourceFlag.Promotable)) return;
  orderPromotableRestart(cluster, bundle);
  orderTasks(cluster, [bundle, "demote"], [clone, "demote"], graphsFirst);
  orderTasks(cluster, [clone, "demoted"], [bundle, "demoted"], graphsThen);
  orderTasks(cluster, [bundle, "promote"], [clone, "promote"], graphsFirst);
  orderTasks(cluster, [clone, "promoted"], [bundle, "promoted"], graphsThen);
}

function orderInsideReplica(cluster: Cluster, bundle: Resource, replica: BundleReplica): void {
  const { container, instance, ip, connection } = replica;
  const graphsFirst = RelationKind.ThenImpliesFirstGraphed;
  const graphsThen = RelationKind.FirstImpliesThenGraphed;
  orderInsidePrimitive(cluster, container);
  orderTasks(
    cluster,
    [bundle, "start"],
    [container, "start"],
    RelationKind.UnrunnableFirstBlocks | graphsFirst,
  );
  if (instance !== null) orderTasks(cluster, [bundle, "stop"], [instance, "stop"], graphsFirst);
  orderTasks(cluster, [bundle, "stop"], [container, "stop"], graphsFirst);
  orderTasks(cluster, [container, "start"], [bundle, "running"], graphsThen);
  orderTasks(cluster, [container, "stop"], [bundle, "stopped"], graphsThen);
  if (ip !== null) {
    orderInsidePrimitive(cluster, ip);
    orderTasks(
      cluster,
      [ip, "start"],
      [container, "start"],
      RelationKind.UnrunnableFirstBlocks | RelationKind.GuestAllowed,
    );
    orderTasks(
      cluster,
      [container, "stop"],
      [ip, "stop"],
      RelationKind.ThenImpliesFirst | RelationKind.GuestAllowed,
    );
  }
  if (connection !== null) orderInsidePrimitive(cluster, connection);
}

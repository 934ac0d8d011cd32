import { viewCluster } from "@quorate/scheduler";
import type { SimulatedCluster } from "../cluster/cluster.ts";

/**
 * A cluster at rest for longer than any monitor's interval knows what runs: what the status section says of each host that takes part is
 * what is true there. A copy that nobody knows of is one that is doubled by the next decision.
 */
export function wrongBeliefs(cluster: SimulatedCluster, resources: readonly string[]): string[] {
  const leader = cluster.node(cluster.leader());
  const nowS = Math.floor(leader.clock.wallMs() / 1000);
  const view = viewCluster(leader.daemon!.node.cib.document.clone(), nowS);
  const connected = cluster.remotes.filter((remote) =>
    cluster.running().some(({ daemon }) => remote.serves(daemon!.clock)),
  );
  const hosts = [...cluster.running(), ...connected];
  const problems: string[] = [];
  for (const id of resources) {
    const believed = new Set(
      view.primitives
        .filter(({ configuredId }) => configuredId === id)
        .flatMap(({ active }) => active.map(({ node }) => node)),
    );
    for (const { name, services } of hosts)
      if (believed.has(name) !== services.active.has(id))
        problems.push(
          `${id} ${services.active.has(id) ? "runs" : "does not run"} on ${name}, and the cluster does not know`,
        );
  }
  return problems;
}

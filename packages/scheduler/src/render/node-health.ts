import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";

export type NodeHealth = "red" | "yellow" | "green";

/**
 * The worst health that any `#health` attribute of the node reports. Source: scheduler specification, part 1, 21.
 */
export function nodeHealth(cluster: Cluster, node: ClusterNode): NodeHealth {
  const { healthStrategy, healthScores } = cluster.options;
  if (healthStrategy === "none") return "green";
  let worst: NodeHealth = "green";
  for (const [name, value] of node.attributes) {
    if (!name.startsWith("#health")) continue;
    const word = value.toLowerCase();
    const score = /^\s*[+-]?\d+/.test(value) ? Number.parseInt(value, 10) : null;
    const infinite = value === "-INFINITY" ? -1_000_000 : score;
    if (word === "red" || (infinite !== null && infinite <= healthScores.red)) return "red";
    const isYellowNumber =
      infinite !== null && infinite <= healthScores.yellow && healthScores.yellow !== healthScores.green;
    if (word === "yellow" || isYellowNumber) worst = "yellow";
  }
  return worst;
}

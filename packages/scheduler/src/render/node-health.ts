import { parseScore } from "@quorate/cib";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";

export type NodeHealth = "red" | "yellow" | "green";

/**
 * The worst health that any `#health` attribute of the node reports. `red` and `yellow` count as such,
 * `green` like a number by its score: with `node-health-green=-INFINITY` it is red. Source: scheduler specification, part 1, 21.
 */
export function nodeHealth(cluster: Cluster, node: ClusterNode): NodeHealth {
  const { healthStrategy, healthScores } = cluster.options;
  if (healthStrategy === "none") return "green";
  let worst: NodeHealth = "green";
  for (const [name, value] of node.attributes) {
    if (!name.startsWith("#health")) continue;
    const word = value.toLowerCase();
    const { score, isValid } = parseScore(value, healthScores);
    if (!isValid) continue;
    if (word === "red" || (word !== "yellow" && score <= healthScores.red)) return "red";
    const isYellow = score <= healthScores.yellow && healthScores.yellow !== healthScores.green;
    if (word === "yellow" || isYellow) worst = "yellow";
  }
  return worst;
}

import type { Cluster } from "../../model/cluster.ts";
import { hasNodeFlags, NodeFlag } from "../../model/node.ts";
import { countInstances } from "../instance-counts.ts";

/** The state of a cluster in one line: what is wrong, or how much is well. */
export function oneLine(cluster: Cluster): string {
  const problems: string[] = [];
  if (cluster.dc === null) problems.push("No DC");
  let onlineCount = 0;
  for (const node of cluster.nodes) {
    if (hasNodeFlags(node, NodeFlag.Standby) && hasNodeFlags(node, NodeFlag.Online)) {
      problems.push(`standby node: ${node.name}`);
    } else if (hasNodeFlags(node, NodeFlag.Maintenance) && hasNodeFlags(node, NodeFlag.Online)) {
      problems.push(`maintenance node: ${node.name}`);
    } else if (hasNodeFlags(node, NodeFlag.Online)) {
      onlineCount++;
    } else {
      problems.push(`offline node: ${node.name}`);
    }
  }
  if (problems.length > 0) return `CLUSTER WARN: ${problems.join(", ")}`;
  const { total } = countInstances(cluster);
  const nodes = `${onlineCount} node${onlineCount === 1 ? "" : "s"} online`;
  return `CLUSTER OK: ${nodes}, ${total} resource instance${total === 1 ? "" : "s"} configured`;
}

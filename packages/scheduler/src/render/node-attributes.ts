import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { shownNodeName } from "./node-list.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

const HIDDEN_PREFIXES = ["fail-count-", "last-failure-", "shutdown", "terminate", "standby", "#"];

/** Source: scheduler specification, part 4, 4.9. */
export function renderNodeAttributes(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
): boolean {
  const list = report.lazyList("Node Attributes", { hasSpacer });
  for (const node of cluster.nodes) {
    if (!hasNodeFlags(node, NodeFlag.Online)) continue;
    const names = [...node.attributes.keys()]
      .filter((name) => !HIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix)))
      .sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
    if (names.length === 0) continue;
    list.open();
    report.beginList(`Node: ${shownNodeName(node, options)}`);
    for (const name of names) {
      const value = node.attributes.get(name)!;
      report.item(`${name.padEnd(32)}\t: ${value.padEnd(10)}${connectivityText(cluster, node, name, value)}`);
    }
    report.endList();
  }
  return list.close();
}

/** What an attribute of a ping resource that is active on the node says about its connectivity. */
function connectivityText(cluster: Cluster, node: ClusterNode, name: string, value: string): string {
  for (const resource of node.activePrimitives) {
    const type = resource.primitive?.type;
    if (resource.primitive?.class !== "ocf" || (type !== "ping" && type !== "pingd")) continue;
    const parameters = parametersOf(cluster, resource, node);
    if ((parameters.get("name") ?? "pingd") !== name) continue;
    const hostCount = (parameters.get("host_list") ?? "").split(/\s+/).filter((host) => host !== "").length;
    const expected = hostCount * integer(parameters.get("multiplier") ?? "1");
    const score = integer(value);
    if (score <= 0) return "\t: Connectivity is lost";
    return score < expected ? `\t: Connectivity is degraded (Expected=${expected})` : "";
  }
  return "";
}

function integer(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}

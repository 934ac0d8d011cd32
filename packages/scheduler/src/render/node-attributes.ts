import { parseInteger } from "@quorate/cib";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { shownNodeName } from "./node-list.ts";
import { isNodeIncluded, type StatusFilter } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

const HIDDEN_PREFIXES = ["fail-count-", "last-failure-", "shutdown", "terminate", "standby", "#"];

export interface ShownAttribute {
  readonly name: string;
  readonly value: string;
  /** What a ping resource on the node would set with all its hosts reachable; null for other attributes. */
  readonly expected: number | null;
}

/** The attributes that people look at, of every online node that has some. Source: scheduler specification, part 4, 4.9. */
export function shownAttributes(
  cluster: Cluster,
  filter: StatusFilter,
): { readonly node: ClusterNode; readonly attributes: readonly ShownAttribute[] }[] {
  const result: { node: ClusterNode; attributes: ShownAttribute[] }[] = [];
  for (const node of cluster.nodes) {
    if (!hasNodeFlags(node, NodeFlag.Online) || !isNodeIncluded(filter, node)) continue;
    const names = [...node.attributes.keys()]
      .filter((name) => !HIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix)))
      .sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
    if (names.length === 0) continue;
    const attributes = names.map((name) => ({
      name,
      value: node.attributes.get(name)!,
      expected: expectedConnectivity(cluster, node, name),
    }));
    result.push({ node, attributes });
  }
  return result;
}

export function renderNodeAttributes(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
): boolean {
  const list = report.lazyList("Node Attributes", { hasSpacer });
  for (const { node, attributes } of shownAttributes(cluster, options.filter)) {
    list.open();
    report.beginList(`Node: ${shownNodeName(node, options)}`);
    for (const attribute of attributes) {
      const { name, value } = attribute;
      report.item(`${name.padEnd(32)}\t: ${value.padEnd(10)}${connectivityText(attribute)}`);
    }
    report.endList();
  }
  return list.close();
}

function connectivityText({ value, expected }: ShownAttribute): string {
  if (expected === null) return "";
  const score = parseInteger(value) ?? 0;
  if (score <= 0) return "\t: Connectivity is lost";
  return score < expected ? `\t: Connectivity is degraded (Expected=${expected})` : "";
}

/** Number of hosts times multiplier of the ping resource that is active on the node and sets the attribute. */
function expectedConnectivity(cluster: Cluster, node: ClusterNode, name: string): number | null {
  for (const resource of node.activePrimitives) {
    const type = resource.primitive?.type;
    if (resource.primitive?.class !== "ocf" || (type !== "ping" && type !== "pingd")) continue;
    const parameters = parametersOf(cluster, resource, node);
    if ((parameters.get("name") ?? "pingd") !== name) continue;
    const hosts = (parameters.get("host_list") ?? "").split(/\s+/).filter((host) => host !== "");
    return hosts.length * (parseInteger(parameters.get("multiplier") ?? "1") ?? 0);
  }
  return null;
}

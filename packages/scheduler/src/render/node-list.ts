import { currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, isGuestNode, isRemoteNode, NodeFlag } from "../model/node.ts";
import { nodeHealth } from "./node-health.ts";
import { isNodeIncluded } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { LazyList, TextReport } from "./text-report.ts";

/**
 * The Node List section: a node that needs attention has a line of its own, the others share the lines `Online`
 * and so on. Returns whether anything was printed. Source: scheduler specification, part 4, 4.1.
 */
export function renderNodeList(
  report: TextReport,
  cluster: Cluster,
  options: StatusOptions,
  hasSpacer: boolean,
): boolean {
  if (cluster.nodes.length === 0) return false;
  const list = report.lazyList("Node List", { hasSpacer });
  const words = { online: [], offline: [], remoteOnline: [], remoteOffline: [], guestOnline: [] } as Record<
    "online" | "offline" | "remoteOnline" | "remoteOffline" | "guestOnline",
    string[]
  >;
  for (const node of cluster.nodes) {
    if (!isNodeIncluded(options.filter, node)) continue;
    if (options.showsNodeDetail || hasOwnLine(cluster, node)) {
      list.open();
      report.item(nodeLine(cluster, node, options));
      continue;
    }
    const name = shownNodeName(node, options);
    const isOnline = hasNodeFlags(node, NodeFlag.Online);
    if (isGuestNode(node)) {
      if (isOnline) words.guestOnline.push(name);
    } else if (isRemoteNode(node)) {
      words[isOnline ? "remoteOnline" : "remoteOffline"].push(name);
    } else {
      words[isOnline ? "online" : "offline"].push(name);
    }
  }
  renderWords(report, list, "Online", words.online);
  renderWords(report, list, "OFFLINE", words.offline);
  renderWords(report, list, "RemoteOnline", words.remoteOnline);
  renderWords(report, list, "RemoteOFFLINE", words.remoteOffline);
  renderWords(report, list, "GuestOnline", words.guestOnline);
  return list.close();
}

function renderWords(report: TextReport, list: LazyList, name: string, words: readonly string[]): void {
  if (words.length === 0) return;
  list.open();
  report.item(`[ ${words.join(" ")} ]`, { name });
}

/** `Node node1: online`; in detail with id and feature set. */
export function nodeLine(cluster: Cluster, node: ClusterNode, options: StatusOptions): string {
  const line = `${nodeTypeName(node)} ${shownNodeName(node, options)}: ${nodeStatusText(cluster, node)}`;
  const featureSet = options.showsNodeDetail ? featureSetOf(node) : null;
  return featureSet === null ? line : `${line}, feature set ${featureSet}`;
}

/** What nodes older than the attribute are reported to support. */
const FEATURE_SET_UNKNOWN = "<3.15.1";

/** Null for nodes that have none or do not tell: remote ones, and those that are not online. */
export function featureSetOf(node: ClusterNode): string | null {
  if (node.kind !== "cluster" || !hasNodeFlags(node, NodeFlag.Online)) return null;
  return node.attributes.get("#feature-set") ?? FEATURE_SET_UNKNOWN;
}

/** The node's name, or its id if it has none; in detail with its id, or for a guest the node that it runs on. */
export function shownNodeName(node: ClusterNode, options: StatusOptions): string {
  const name = node.name === "" ? node.id : node.name;
  if (!options.showsNodeDetail) return name;
  if (isGuestNode(node)) {
    const launcher = node.connection?.launcher ?? null;
    return `${name}@${launcher === null ? "" : (currentNode(launcher)?.name ?? "")}`;
  }
  return name.toLowerCase() === node.id.toLowerCase() ? name : `${name} (${node.id})`;
}

function nodeTypeName(node: ClusterNode): string {
  if (isGuestNode(node)) return "GuestNode";
  return isRemoteNode(node) ? "RemoteNode" : "Node";
}

function hasOwnLine(cluster: Cluster, node: ClusterNode): boolean {
  const { flags } = node;
  return (
    (flags & (NodeFlag.Unclean | NodeFlag.Pending | NodeFlag.Standby | NodeFlag.Maintenance)) !== 0 ||
    hasNodeFlags(node, NodeFlag.FailStandby | NodeFlag.Online) ||
    nodeHealth(cluster, node) !== "green"
  );
}

/** The state of one node in words, with its health unless that is green. */
function nodeStatusText(cluster: Cluster, node: ClusterNode): string {
  const health = nodeHealth(cluster, node);
  switch (health) {
    case "red":
      return `${stateText(node)} (health is RED)`;
    case "yellow":
      return `${stateText(node)} (health is YELLOW)`;
    case "green":
      return stateText(node);
  }
}

function stateText(node: ClusterNode): string {
  const isOnline = hasNodeFlags(node, NodeFlag.Online);
  if (hasNodeFlags(node, NodeFlag.Unclean)) {
    if (isOnline) return "UNCLEAN (online)";
    return hasNodeFlags(node, NodeFlag.Pending) ? "UNCLEAN (pending)" : "UNCLEAN (offline)";
  }
  if (hasNodeFlags(node, NodeFlag.Pending)) return "pending";
  if (hasNodeFlags(node, NodeFlag.FailStandby) && isOnline) return "standby (on-fail)";
  if (hasNodeFlags(node, NodeFlag.Standby)) {
    if (!isOnline) return "OFFLINE (standby)";
    return node.activePrimitives.length === 0 ? "standby" : "standby (with active resources)";
  }
  if (hasNodeFlags(node, NodeFlag.Maintenance)) return isOnline ? "maintenance" : "OFFLINE (maintenance)";
  return isOnline ? "online" : "OFFLINE";
}

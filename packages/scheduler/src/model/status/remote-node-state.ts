import { isTrue, parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { requestFencing } from "../../actions/fencing.ts";
import type { Cluster } from "../cluster.ts";
import { type ClusterNode, hasNodeFlags, isRemoteNode, NodeFlag } from "../node.ts";
import { readNodeAttributes } from "../nodes/read-attributes.ts";
import { hasFlags, ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf } from "../xml-attribute.ts";
import { wantsShutdown } from "./cluster-node-state.ts";

/** As our own controller notes it: lost, or nobody knows of it and nobody can connect. */
const LOST: ReadonlySet<string> = new Set(["false", "unreachable"]);

/** The state entry of a remote or guest node, read just before its history. Source: part 1, 10.7. */
export function unpackRemoteNodeState(unpacking: Unpacking, node: ClusterNode, state: XmlElement): void {
  const { cluster } = unpacking;
  judgeRemoteNode(node);
  setNodeFlag(node, NodeFlag.RemoteMaintenance, isNonzero(state, "node_in_maintenance"));
  if (!hasNodeFlags(node, NodeFlag.RemoteReset)) {
    node.flags &= ~NodeFlag.Unclean;
    node.flags |= NodeFlag.Seen;
  }
  readNodeAttributes(unpacking, node, state.first("transient_attributes"), { isTransient: true });
  if (wantsShutdown(node)) node.flags |= NodeFlag.Shutdown;
  if (isTrue(node.attributes.get("standby") ?? null)) node.flags |= NodeFlag.Standby;
  const isConnectionUnmanaged = node.connection !== null && !hasFlags(node.connection, ResourceFlag.Managed);
  if (isTrue(node.attributes.get("maintenance") ?? null) || isConnectionUnmanaged) {
    node.flags |= NodeFlag.Maintenance;
  }
  unpackDiscovery(cluster, node);
  fenceWhereLost(cluster, node, state);
}

/**
 * Our own controller notes whether the connection was stopped in order. Where it was not, anything may run that no history tells of: what was
 * being looked for when it was lost, for example. The history of the connection forgets the loss with its next stop; this does not.
 */
function fenceWhereLost(cluster: Cluster, node: ClusterNode, state: XmlElement): void {
  if (!LOST.has(attributeOf(state, "left_in_order") ?? "")) return;
  if (hasNodeFlags(node, NodeFlag.Online) || hasNodeFlags(node, NodeFlag.Maintenance)) return;
  if (node.connection === null || !isRemoteNode(node) || !cluster.options.isFencingEnabled) return;
  if (!hasFlags(node.connection, ResourceFlag.Failed)) node.flags &= ~NodeFlag.Seen;
  requestFencing(cluster, node, { kind: "remote connection was lost" });
}

/** Only remote nodes that cannot be fenced ignore it. */
function unpackDiscovery(cluster: Cluster, node: ClusterNode): void {
  const discovery = node.attributes.get("resource-discovery-enabled");
  if (discovery === undefined || isTrue(discovery)) return;
  if (isRemoteNode(node) && !cluster.options.isFencingEnabled) return;
  node.flags &= ~NodeFlag.ProbesAllowed;
}

/** Source: part 1, 10.1 rule 2. */
export function unpackRemoteFenced(node: ClusterNode, state: XmlElement): void {
  setNodeFlag(node, NodeFlag.RemoteFenced, isNonzero(state, "node_fenced"));
}

function isNonzero(state: XmlElement, name: string): boolean {
  const text = attributeOf(state, name);
  return text !== null && (parseInteger(text) ?? 0) !== 0;
}

function setNodeFlag(node: ClusterNode, flag: number, isSet: boolean): void {
  if (isSet) node.flags |= flag;
  else node.flags &= ~flag;
}

/** Judges a remote or guest node by the state of its connection. Source: part 1, 10.8. */
function judgeRemoteNode(node: ClusterNode): void {
  const connection = node.connection;
  if (connection === null) {
    node.flags &= ~NodeFlag.Online;
    return;
  }
  const launcher = connection.launcher;
  const host =
    launcher !== null && connection.activeNodes.length === 1 ? (connection.activeNodes[0] ?? null) : null;
  if (connection.role === Role.Started) {
    node.flags |= NodeFlag.Online;
    if (connection.nextRole === Role.Stopped) node.flags |= NodeFlag.Shutdown;
  }
  if (launcher !== null && hasFlags(launcher, ResourceFlag.Failed)) {
    node.flags &= ~NodeFlag.Online;
    node.flags |= NodeFlag.RemoteReset;
  } else if (hasFlags(connection, ResourceFlag.Failed)) {
    node.flags &= ~NodeFlag.Online;
  } else if (connection.role === Role.Stopped || launcher?.role === Role.Stopped) {
    node.flags &= ~(NodeFlag.Online | NodeFlag.RemoteReset);
  } else if (host !== null && hasNodeFlags(host, NodeFlag.Unclean) && !hasNodeFlags(host, NodeFlag.Online)) {
    node.flags &= ~NodeFlag.Online;
    node.flags |= NodeFlag.RemoteReset;
  }
}

/** After all history: nodes whose connection goes down with them. Source: part 1, 10.8. */
export function completeRemoteNodes(cluster: Cluster): void {
  for (const node of cluster.nodes) {
    if (node.kind !== "remote") continue;
    if (hasNodeFlags(node, NodeFlag.Shutdown) && node.connection !== null) {
      node.connection.nextRole = Role.Stopped;
      cluster.explanations.push({
        kind: "role",
        resource: node.connection.id,
        role: Role.Stopped,
        cause: "connection-shutdown",
      });
    }
    if (!hasNodeFlags(node, NodeFlag.HistoryRead)) judgeRemoteNode(node);
  }
}

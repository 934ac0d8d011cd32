import type { ActionDigests } from "./action-digests.ts";
import type { Resource } from "./resource.ts";

/** What is known about a node; bits of `ClusterNode.flags`. Source: part 1, 5.2. */
export const NodeFlag = {
  Online: 1 << 0,
  /** Must be fenced before anything that may run there is recovered. */
  Unclean: 1 << 1,
  /** Wants to shut down. */
  Shutdown: 1 << 2,
  /** Joined the membership, but is not a full member of the cluster yet. */
  Pending: 1 << 3,
  Standby: 1 << 4,
  /** In standby because of `on-fail=standby`. */
  FailStandby: 1 << 5,
  Maintenance: 1 << 6,
  /** Has a state entry in the current cluster. */
  Seen: 1 << 7,
  ExpectedUp: 1 << 8,
  /** A remote or guest node that has to be reset. */
  RemoteReset: 1 << 9,
  RemoteFenced: 1 << 10,
  RemoteMaintenance: 1 << 11,
  HistoryRead: 1 << 12,
  ProbesAllowed: 1 << 13,
  IsDc: 1 << 14,
} as const;

/** Cluster nodes run the whole stack; remote nodes (also guest and bundle nodes) only an executor. */
export type NodeKind = "cluster" | "remote";

/**
 * Whether resources may be probed on a node, in ascending order of precedence.
 * Source: part 2, 4.2.5.
 */
export const ProbeMode = { Always: 0, Never: 1, Exclusive: 2 } as const;
export type ProbeMode = (typeof ProbeMode)[keyof typeof ProbeMode];

/** One node of the cluster, of whatever kind. One record per node and run; stages mutate it. */
export interface ClusterNode {
  /** Dense number in order of creation; `cluster.nodesByIndex[index]`. The node list is ordered by name instead. */
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Of `NodeFlag`. */
  flags: number;
  /** What an allowed-node entry starts with when it is created from this node. */
  baseScore: number;
  probeMode: ProbeMode;
  /** Sum of the priorities of what is active here (part 1, 17.3). */
  priority: number;
  readonly attributes: Map<string, string>;
  /** Whether its attribute `#uname` is its name; null until placement asks, when attributes do not change any more. */
  hasOwnName: boolean | null;
  readonly utilization: Map<string, string>;
  /** What the node still has to give while resources are assigned: utilization minus assignments (part 2, 19.1). */
  readonly capacity: Map<string, number>;
  /** Primitives in the order in which they were found active. */
  readonly activePrimitives: Resource[];
  /** The connection resource of a remote, guest or bundle node. */
  connection: Resource | null;
  /** How many primitives were assigned to this node so far; shared by all allowed-node tables (part 2, 10.4.5). */
  assignedCount: number;
  /** Digests of operations here, by `RSC_TASK_INTERVAL`. */
  readonly digests: Map<string, ActionDigests>;
}

export function createNode(facts: {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly baseScore: number;
}): ClusterNode {
  return {
    index: facts.index,
    id: facts.id,
    name: facts.name,
    kind: facts.kind,
    flags: NodeFlag.ProbesAllowed,
    baseScore: facts.baseScore,
    probeMode: ProbeMode.Always,
    priority: 0,
    attributes: new Map(),
    hasOwnName: null,
    utilization: new Map(),
    capacity: new Map(),
    activePrimitives: [],
    connection: null,
    assignedCount: 0,
    digests: new Map(),
  };
}

/** True when the node has every flag of the mask. */
export function hasNodeFlags(node: ClusterNode, mask: number): boolean {
  return (node.flags & mask) === mask;
}

const AVAILABILITY_MASK =
  NodeFlag.Online | NodeFlag.Shutdown | NodeFlag.Unclean | NodeFlag.Standby | NodeFlag.Maintenance;

/** Online, clean, and neither shutting down, in standby nor in maintenance. Source: part 2, 10.1.1. */
export function isAvailable(node: ClusterNode): boolean {
  return (node.flags & AVAILABILITY_MASK) === NodeFlag.Online;
}

/** Online and not unclean. */
export function isClean(node: ClusterNode): boolean {
  return (node.flags & (NodeFlag.Online | NodeFlag.Unclean)) === NodeFlag.Online;
}

/** A remote node of which the connection is launched by another resource: guest nodes and bundle nodes. */
export function isGuestNode(node: ClusterNode): boolean {
  return node.kind === "remote" && node.connection !== null && node.connection.launcher !== null;
}

/** A remote node that is a machine of its own: without launcher, or without any connection. */
export function isRemoteNode(node: ClusterNode): boolean {
  return node.kind === "remote" && (node.connection === null || node.connection.launcher === null);
}

/** A guest node whose launcher is the container of a bundle. */
export function isBundleNode(node: ClusterNode): boolean {
  const connection = node.connection;
  return (
    isGuestNode(node) &&
    connection !== null &&
    connection.parent !== null &&
    connection.parent.bundle !== null
  );
}

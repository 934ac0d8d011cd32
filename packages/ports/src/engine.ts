/** Corosync's node number, greater than 0. */
export type NodeId = number;

/** One client of the engine: its node and a number that changes whenever the process is started anew. */
export interface ProcessId {
  readonly nodeId: NodeId;
  readonly pid: number;
}

/** Identity of a ring: equal ids mean equal members; the sequence grows with each ring of a node, over restarts too. */
export interface Ring {
  readonly representative: NodeId;
  readonly sequence: number;
}

export type DepartureReason = "leave" | "nodeDown" | "processDown";

export interface Departure extends ProcessId {
  readonly reason: DepartureReason;
}

/** `join`: a process joined the group; `nodeUp`: it was in the group already, on nodes that were in another ring. */
export type ArrivalReason = "join" | "nodeUp";

export interface Arrival extends ProcessId {
  readonly reason: ArrivalReason;
}

/**
 * A change of the processes of the joined group, in the stream of messages. A `nodeDown` or `nodeUp` in it tells that
 * it belongs to a change of the ring, so that `ringChanged` follows.
 */
export interface ConfigurationChange {
  /** After the change, sorted by node and pid; contains the joined, never the left. */
  readonly members: readonly ProcessId[];
  readonly left: readonly Departure[];
  readonly joined: readonly Arrival[];
}

/** What votequorum decided for a ring. */
export interface QuorumUpdate {
  readonly isQuorate: boolean;
  readonly ring: Ring;
  /** Node ids of the ring, ascending. */
  readonly nodes: readonly NodeId[];
}

export interface NodeListEntry {
  readonly nodeId: NodeId;
  readonly name: string;
  /** Votes in votequorum; default 1. */
  readonly votes: number;
}

/** The numbers behind quorum, as `corosync-quorumtool -s` shows them. */
export interface QuorumStatus {
  readonly ring: Ring;
  readonly isQuorate: boolean;
  readonly expectedVotes: number;
  readonly highestExpected: number;
  readonly totalVotes: number;
  readonly quorum: number;
  /** Names of set flags, in votequorum's order: 2Node, Quorate, WaitForAll, LastManStanding, AutoTieBreaker. */
  readonly flags: readonly string[];
  readonly members: readonly NodeListEntry[];
}

/** Links between this node and another one, where the engine has such (Corosync with knet). */
export interface NodeLinks {
  readonly nodeId: NodeId;
  readonly isReachable: boolean;
  readonly links: readonly {
    /** 0 to 7. */
    readonly link: number;
    readonly isConnected: boolean;
    /** Bytes; 0 while not known. */
    readonly mtu: number;
    readonly from: string;
    readonly to: string;
  }[];
}

/** Outcome of an engine call; a refused call had no effect. `tryAgain`: call again later, in the same order. */
export type EngineResult = "ok" | "tryAgain" | "tooBig" | "notJoined" | "alreadyJoined" | "lost" | "invalid";

export type EngineStatus = "connecting" | "connected" | "lost";

/**
 * Events of an engine client. Between `connected` and `join` there are none but `lost`. The first ones after `join`
 * are the `configurationChanged` in which this process joined, `ringChanged`, `quorumChanged`. Order within a later
 * change of the ring: losses, then gains (`configurationChanged` each), then `ringChanged`, then `quorumChanged`,
 * which comes also when its content is the same as before. After the `configurationChanged` of the own leave come
 * none but `lost`.
 */
export interface EngineEvents {
  /** The engine can be used: node list and local id are known. Exactly once, before all else. */
  connected(): void;
  delivered(from: ProcessId, message: Uint8Array): void;
  configurationChanged(change: ConfigurationChange): void;
  ringChanged(ring: Ring, nodes: readonly NodeId[]): void;
  quorumChanged(update: QuorumUpdate): void;
  /** The engine is gone (or never came); exactly once, nothing follows. `reason` is for people. */
  lost(reason: string): void;
}

/**
 * Ordered multicast, membership and quorum: what Corosync offers to one process (libcpg, libquorum,
 * libvotequorum, libcmap). Extended virtual synchrony with agreed delivery: all members of a ring see the same
 * messages and changes in the same order; a sender sees its own messages at their place in that order.
 *
 * A message accepted by `multicast` may be delivered in a later ring than the one it was sent in, or never, if
 * this node fails. Source: corosync specification, embedded-engine and ffi.
 */
export interface Engine {
  readonly status: EngineStatus;
  /** Valid once connected. */
  readonly localNodeId: NodeId;
  readonly clusterName: string;
  /** The configured nodes, ascending by id. */
  readonly nodeList: readonly NodeListEntry[];
  /** Largest message that `multicast` takes, in bytes. */
  readonly messageSizeMax: number;

  connect(events: EngineEvents): void;
  /** Sending is allowed as soon as this returned `ok`; `tryAgain` while an earlier leave is on its way. */
  join(group: string): EngineResult;
  leave(): EngineResult;
  multicast(message: Uint8Array): EngineResult;
  /** Null while not connected. */
  quorumStatus(): QuorumStatus | null;
  /** `invalid` when it is below the present votes, or would take quorum away. */
  setExpectedVotes(votes: number): EngineResult;
  /** Ends the connection without further events; the group sees `processDown` unless `leave` was called. */
  close(): void;
}

import type { ArrivalReason, DepartureReason, NodeId, NodeListEntry } from "./engine.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A node whose daemon is in the process group. */
export interface Member {
  readonly nodeId: NodeId;
  readonly name: string;
  /** Distinguishes two lives of the daemon of one node. */
  readonly pid: number;
}

export interface MembershipView {
  /** Nodes of the ring (Corosync members), ascending; their daemon may be down. */
  readonly ringNodes: readonly NodeListEntry[];
  /** Nodes whose daemon is in the group, ascending by id. */
  readonly members: readonly Member[];
  /**
   * Members that came with this change (all members at the first one). `nodeUp`: the daemon was alive all the time,
   * in another part of the cluster, so its state may have diverged from ours.
   */
  readonly joined: readonly (Member & { readonly reason: ArrivalReason })[];
  /**
   * Members that went with this change; `nodeDown` when the node left the ring, too. A node whose daemon or ring
   * was replaced between two views is in `left` and in `joined`: it went first, then it came.
   */
  readonly left: readonly (Member & { readonly reason: DepartureReason })[];
  readonly isQuorate: boolean;
  /** Text form of the ring id, `1.2a`. */
  readonly ringId: string;
}

export interface ChannelEvents {
  /** In the one total order of the cluster, own messages included. */
  message(from: Member, body: JsonObject): void;
  /** At its place in the order of messages: all that follow were sent by these members. */
  membership(view: MembershipView): void;
  /** The cluster layer is gone; nothing follows. */
  lost(reason: string): void;
}

/**
 * Named stream of messages between the daemons of the cluster. All channels of a node share one total order:
 * a message on channel A that is delivered before one on channel B is so on every node. Size is not limited
 * (large messages are cut and joined again beneath); sending never blocks: what the engine does not take yet waits,
 * within a bound, in order.
 */
export interface Channel {
  readonly localNodeId: NodeId;
  readonly localName: string;
  /** The configured nodes. */
  readonly nodeList: readonly NodeListEntry[];
  readonly clusterName: string;
  subscribe(events: ChannelEvents): void;
  /** To all members including this node, or to one only (its place in the order is the same). Nothing after `lost`. */
  send(body: JsonObject, to?: NodeId): void;
}

import type { MembershipView, NodeId, NodeListEntry } from "@quorate/ports";
import type { NodeListing } from "../cluster-node.ts";
import type { LoadMode } from "../throttle/load-mode.ts";

/** How far a node has come in joining. Source: controller specification, 3. */
type JoinPhase = "none" | "welcomed" | "integrated" | "finalized" | "confirmed" | "refused";

/** What the DC expects of a node; null while nothing is known. */
type Expectation = "member" | "down" | "nack";

/** One node as this daemon knows it. Only `Peers` and the DC change it. */
export interface Peer {
  readonly nodeId: NodeId;
  name: string;
  /** In the ring (the cluster layer runs). */
  isRingMember: boolean;
  /** Process id of its daemon while that is in the group. After a boot it may be the same as before. */
  pid: number | null;
  /** How often its daemon came into the group since this one started: tells its stays apart. */
  arrivalCount: number;
  /** Seconds since 1970; 0 while not a member. */
  memberSinceS: number;
  /** Seconds since 1970; 0 while not online. */
  onlineSinceS: number;
  /** The daemon was in the group and left it while the node stayed in the ring. */
  hasLeftGroup: boolean;
  phase: JoinPhase;
  expected: Expectation | null;
  /** The daemon said that it leaves in order, having told before what runs on it; forgotten when it comes back. */
  isLeaving: boolean;
  /** The daemon has told in this life of it what runs on its node. */
  hasJoined: boolean;
  /** The daemon was in the group since this one started. */
  wasSeen: boolean;
  /** The daemon went without saying so; forgotten when it comes back. */
  isLostUnexpectedly: boolean;
  /** Fenced: counts as gone, noticed or not, until its machine is out of the ring or its daemon comes anew. */
  isFenced: boolean;
  /** In the group, but has not said anything yet: its daemon may still be loading, or hang. */
  isSilent: boolean;
  /** Actions that may run on it at once. */
  jobLimit: number;
  load: LoadMode;
}

/** In the group, and not fenced since it came. */
export function isActive(peer: Peer): boolean {
  return peer.pid !== null && !peer.isFenced;
}

export interface ViewChange {
  /** Daemons that are new in the group. */
  readonly arrived: readonly Peer[];
  /** Daemons that went; a restarted one is in both lists. */
  readonly departed: readonly { readonly peer: Peer; readonly isNodeLost: boolean }[];
  /** Nodes whose machine came into the ring or went from it. */
  readonly moved: readonly Peer[];
  readonly wasQuorate: boolean;
  /** Daemons came that were alive all the time in another part of the cluster. */
  readonly isMerge: boolean;
}

/** Jobs that a node of unknown size may run. */
const JOB_LIMIT_UNKNOWN = 2;
const LOAD_UNKNOWN: LoadMode = "low";

/** All nodes ever seen since the start, configured ones included, until they are removed. */
export class Peers {
  readonly #byId = new Map<NodeId, Peer>();
  #view: MembershipView | null = null;

  constructor(nodeList: readonly NodeListEntry[]) {
    for (const entry of nodeList) this.#byId.set(entry.nodeId, makePeer(entry.nodeId, entry.name));
  }

  /** Null until the daemon is in the group. */
  get view(): MembershipView | null {
    return this.#view;
  }

  get isQuorate(): boolean {
    return this.#view?.isQuorate ?? false;
  }

  applyView(view: MembershipView, nowS: number): ViewChange {
    const wasQuorate = this.isQuorate;
    const ring = new Set(view.ringNodes.map((node) => node.nodeId));
    for (const node of view.ringNodes) this.#ensure(node.nodeId, node.name);
    for (const member of view.members) this.#ensure(member.nodeId, member.name);
    const departed = view.left.map((left) => {
      const peer = this.#ensure(left.nodeId, left.name);
      peer.isLostUnexpectedly = !peer.isLeaving && isActive(peer) && peer.phase !== "refused";
      peer.pid = null;
      peer.onlineSinceS = 0;
      peer.hasLeftGroup = true;
      return { peer, isNodeLost: left.reason === "nodeDown" };
    });
    const arrived = view.joined.map((joined) => {
      const peer = this.#ensure(joined.nodeId, joined.name);
      peer.pid = joined.pid;
      peer.arrivalCount += 1;
      peer.onlineSinceS = nowS;
      peer.hasLeftGroup = false;
      peer.isLeaving = false;
      peer.hasJoined = false;
      peer.wasSeen = true;
      peer.isLostUnexpectedly = false;
      peer.expected = null;
      peer.isFenced = false;
      peer.isSilent = true;
      peer.load = LOAD_UNKNOWN;
      return peer;
    });
    const moved: Peer[] = [];
    for (const peer of this.all()) {
      const isMember = ring.has(peer.nodeId) || peer.pid !== null;
      if (isMember && !peer.isRingMember) peer.memberSinceS = nowS;
      if (!isMember) {
        peer.memberSinceS = 0;
        peer.hasLeftGroup = false;
        peer.isFenced = false;
      }
      if (isMember !== peer.isRingMember) moved.push(peer);
      peer.isRingMember = isMember;
    }
    const isFirst = this.#view === null;
    this.#view = view;
    const isMerge = !isFirst && view.joined.some(({ reason }) => reason === "nodeUp");
    return { arrived, departed, moved, wasQuorate, isMerge };
  }

  /**
   * A new DC knows nothing of what its predecessors expected but what the CIB says, and which nodes it has seen leaving
   * in order.
   */
  resetExpectations(): void {
    for (const peer of this.#byId.values())
      peer.expected = peer.isLeaving && peer.pid === null ? "down" : null;
  }

  get(nodeId: NodeId): Peer | null {
    return this.#byId.get(nodeId) ?? null;
  }

  /** Names are compared without regard to case. Source: cluster layer specification, 2. */
  byName(name: string): Peer | null {
    const wanted = name.toLowerCase();
    for (const peer of this.#byId.values()) if (peer.name.toLowerCase() === wanted) return peer;
    return null;
  }

  /** By name or by decimal id. */
  find(nameOrId: string): Peer | null {
    return this.byName(nameOrId) ?? (/^\d+$/.test(nameOrId) ? this.get(Number(nameOrId)) : null);
  }

  /** Ascending by id. */
  all(): readonly Peer[] {
    return [...this.#byId.values()].sort((a, b) => a.nodeId - b.nodeId);
  }

  /** Nodes whose daemon is in the group, ascending by id. */
  online(): readonly Peer[] {
    return this.all().filter((peer) => peer.pid !== null);
  }

  /** False when the node is active: such a node is never forgotten. */
  forget(nodeId: NodeId): boolean {
    const peer = this.#byId.get(nodeId);
    if (peer === undefined) return true;
    if (peer.isRingMember || peer.pid !== null) return false;
    this.#byId.delete(nodeId);
    return true;
  }

  listing(): readonly NodeListing[] {
    return this.all().map((peer) => ({
      nodeId: peer.nodeId,
      name: peer.name,
      state: peer.isRingMember ? "member" : "lost",
      isOnline: peer.pid !== null,
    }));
  }

  #ensure(nodeId: NodeId, name: string): Peer {
    let peer = this.#byId.get(nodeId);
    if (peer === undefined) {
      peer = makePeer(nodeId, name);
      this.#byId.set(nodeId, peer);
    } else if (name !== "") peer.name = name;
    return peer;
  }
}

function makePeer(nodeId: NodeId, name: string): Peer {
  return {
    nodeId,
    name,
    isRingMember: false,
    pid: null,
    arrivalCount: 0,
    memberSinceS: 0,
    onlineSinceS: 0,
    hasLeftGroup: false,
    phase: "none",
    expected: null,
    isLeaving: false,
    hasJoined: false,
    wasSeen: false,
    isLostUnexpectedly: false,
    isFenced: false,
    isSilent: true,
    jobLimit: JOB_LIMIT_UNKNOWN,
    load: LOAD_UNKNOWN,
  };
}

/** Equal for two nodes exactly when they are told of the same members in the same ring. */
export function viewKey(view: MembershipView): string {
  return `${view.ringId}|${view.members.map((member) => `${member.nodeId}.${member.pid}`).join(",")}`;
}

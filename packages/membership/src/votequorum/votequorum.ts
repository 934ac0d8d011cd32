import type { Clock, Log, NodeId, NodeListEntry, QuorumStatus, Ring, Timer } from "@quorate/ports";
import type { QuorumSettings } from "./configuration.ts";
import { type Peer, quorumOf, type Tally, tally } from "./threshold.ts";
import { breaksTie, type Extremes } from "./tie-breaker.ts";

/** What a node says about itself to its ring. Source: votequorum, 1. */
export interface NodeInfo {
  readonly nodeId: NodeId;
  readonly votes: number;
  readonly expectedVotes: number;
  readonly isQuorate: boolean;
  readonly isWaitingForAll: boolean;
  /** Has been alone in its ring ever since it started. */
  readonly isFirst: boolean;
}

/** A change of numbers that all nodes of the ring apply at the same place in the order of messages. */
export type Reconfiguration =
  | { readonly kind: "expectedVotes"; readonly votes: number }
  | { readonly kind: "nodeVotes"; readonly nodeId: NodeId; readonly votes: number }
  | { readonly kind: "cancelWaitForAll" }
  /** What a reload of the configuration can change, all at once; its other options are read at the start only. */
  | {
      readonly kind: "configuration";
      readonly votes: readonly { readonly nodeId: NodeId; readonly votes: number }[];
      readonly expectedVotes: number;
      readonly isTwoNode: boolean;
    };

export interface VotequorumEvents {
  /** The quorate flag flipped outside a ring change. */
  flipped(): void;
  /** Some number of the status changed. */
  numbersChanged(): void;
}

export interface VotequorumOptions {
  readonly nodeId: NodeId;
  readonly votes: number;
  readonly settings: QuorumSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Quorum as one node of the cluster computes it. For each ring change the owner calls, on every member:
 * 1. `beginRing` with the members;
 * 2. `nodeInfo` on all, then `receive` of all of these on all, in one order;
 * 3. `activate`. The decision is then in `isQuorate`.
 *
 * Reconfigurations travel in the ring's order and are given to `apply`. Source: votequorum, 1-4.
 */
export class Votequorum {
  readonly #nodeId: NodeId;
  readonly #settings: QuorumSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: VotequorumEvents;
  /** Every node heard of since the start; this node is always in it. */
  readonly #peers = new Map<NodeId, Peer>();
  #quorum = 0;
  #isQuorate = false;
  #isTwoNode: boolean;
  #isWaitForAll: boolean;
  #isWaitingForAll: boolean;
  #isFirst = true;
  #isLastManStanding: boolean;
  #isRingChanging = false;
  /** Of the last time that the votes sufficed; null before the first. */
  #extremes: Extremes | null = null;
  #previousMembers: readonly NodeId[] = [];
  #members: readonly NodeId[] = [];
  #windowTimer: Timer | null = null;

  constructor(options: VotequorumOptions, events: VotequorumEvents) {
    this.#nodeId = options.nodeId;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#events = events;
    this.#isTwoNode = options.settings.isTwoNode;
    this.#isWaitForAll = options.settings.isWaitForAll;
    this.#isWaitingForAll = options.settings.isWaitForAll;
    this.#isLastManStanding = options.settings.isLastManStanding;
    this.#members = [options.nodeId];
    this.#peers.set(options.nodeId, {
      votes: options.votes,
      expectedVotes: options.settings.expectedVotes,
      isMember: true,
    });
    this.#recalculate({ mayDecrease: false, byNodeCount: false });
  }

  get isQuorate(): boolean {
    return this.#isQuorate;
  }

  /** Ends the timer; the object is not used afterwards. */
  stop(): void {
    this.#windowTimer?.cancel();
  }

  beginRing(members: readonly NodeId[]): void {
    this.#isRingChanging = true;
    const gone = this.#members.filter((id) => !members.includes(id));
    for (const id of gone) {
      const peer = this.#peers.get(id);
      if (peer !== undefined) peer.isMember = false;
    }
    this.#previousMembers = this.#members;
    this.#members = [...members].sort((a, b) => a - b);
    if (members.length > 1) this.#isFirst = false;
    if (gone.length > 0 && this.#isLastManStanding && this.#opensWindow()) this.#startWindow();
  }

  nodeInfo(): NodeInfo {
    const me = this.#me;
    return {
      nodeId: this.#nodeId,
      votes: me.votes,
      expectedVotes: me.expectedVotes,
      isQuorate: this.#isQuorate,
      isWaitingForAll: this.#isWaitingForAll,
      isFirst: this.#isFirst,
    };
  }

  receive(info: NodeInfo): void {
    const me = this.#me;
    let mayDecrease = false;
    // Source: votequorum, 2, step 3: a quorate cluster's idea of the expected votes wins over ours.
    if (!this.#isQuorate && info.isQuorate && info.nodeId !== this.#nodeId) {
      me.expectedVotes = info.expectedVotes;
      mayDecrease = true;
    }
    const known = this.#peers.get(info.nodeId);
    const expectedVotes = info.isQuorate ? info.expectedVotes : me.expectedVotes;
    const isChanged =
      known === undefined ||
      !known.isMember ||
      known.votes !== info.votes ||
      known.expectedVotes !== expectedVotes;
    const peer = known ?? { votes: 0, expectedVotes: 0, isMember: false };
    peer.votes = info.votes;
    peer.expectedVotes = expectedVotes;
    peer.isMember = true;
    this.#peers.set(info.nodeId, peer);
    if (this.#isLastManStanding && info.votes > 1) {
      this.#log(
        "warning",
        `last_man_standing is switched off: node ${info.nodeId} has ${info.votes} votes, it needs one vote for each node`,
      );
      this.#isLastManStanding = false;
      this.#windowTimer?.cancel();
    }
    if (isChanged || mayDecrease || info.nodeId === this.#nodeId || info.isFirst)
      this.#recalculate({ mayDecrease, byNodeCount: false });
    if (this.#isWaitForAll && info.isQuorate && !info.isWaitingForAll) this.#isWaitingForAll = false;
  }

  activate(): void {
    this.#recalculate({ mayDecrease: false, byNodeCount: false });
    this.#isRingChanging = false;
    this.#events.numbersChanged();
  }

  /** Whether `setExpectedVotes` may be sent to the ring. Source: votequorum, 2, Requests. */
  acceptsExpectedVotes(votes: number): boolean {
    if (!Number.isSafeInteger(votes) || votes < 1) return false;
    const { total } = this.#tally();
    if (votes < total) return false;
    return !this.#isQuorate || this.#threshold({ mayDecrease: true, forced: votes }) <= total;
  }

  acceptsNodeVotes(nodeId: NodeId, votes: number): "ok" | "unknown" | "invalid" {
    const peer = this.#peers.get(nodeId);
    if (peer === undefined) return "unknown";
    if (!Number.isSafeInteger(votes) || votes < 0) return "invalid";
    const before = peer.votes;
    peer.votes = votes;
    const { total } = this.#tally();
    const quorum = this.#threshold({ mayDecrease: true, forced: Math.max(total, this.#me.expectedVotes) });
    peer.votes = before;
    return quorum < total / 2 || quorum > total ? "invalid" : "ok";
  }

  apply(change: Reconfiguration): void {
    switch (change.kind) {
      case "expectedVotes":
        for (const peer of this.#peers.values()) if (peer.isMember) peer.expectedVotes = change.votes;
        this.#recalculate({ mayDecrease: true, byNodeCount: false });
        break;
      case "nodeVotes": {
        const peer = this.#peers.get(change.nodeId);
        if (peer === undefined) return;
        peer.votes = change.votes;
        this.#recalculate({ mayDecrease: true, byNodeCount: false });
        break;
      }
      case "cancelWaitForAll":
        this.#isWaitingForAll = false;
        this.#recalculate({ mayDecrease: false, byNodeCount: false });
        break;
      case "configuration":
        for (const { nodeId, votes } of change.votes) {
          const peer = this.#peers.get(nodeId);
          if (peer !== undefined) peer.votes = votes;
        }
        this.#isTwoNode = change.isTwoNode && this.#settings.tieBreaker === null;
        // Waiting that begins with it is not armed, and is forgotten when it ends: who is here goes on. Seen on Corosync 3.1.7.
        if (!this.#settings.isWaitForAllWritten) this.#isWaitForAll = this.#isTwoNode;
        if (!this.#isWaitForAll) this.#isWaitingForAll = false;
        for (const peer of this.#peers.values()) if (peer.isMember) peer.expectedVotes = change.expectedVotes;
        this.#recalculate({ mayDecrease: true, byNodeCount: false });
        break;
    }
    this.#events.numbersChanged();
  }

  /** The numbers for people; ring and node names are the caller's. */
  status(ring: Ring, nodeList: readonly NodeListEntry[]): QuorumStatus {
    const { total, highestExpected } = this.#tally();
    const settings = this.#settings;
    const flags: [string, boolean][] = [
      ["2Node", this.#isTwoNode],
      ["Quorate", this.#isQuorate],
      ["WaitForAll", this.#isWaitForAll],
      ["LastManStanding", this.#isLastManStanding],
      ["AutoTieBreaker", settings.tieBreaker !== null],
    ];
    return {
      ring,
      isQuorate: this.#isQuorate,
      expectedVotes: this.#me.expectedVotes,
      highestExpected,
      totalVotes: total,
      quorum: this.#quorum,
      flags: flags.filter(([, isSet]) => isSet).map(([name]) => name),
      members: this.#members.map((nodeId) => ({
        nodeId,
        name: nodeList.find((entry) => entry.nodeId === nodeId)?.name ?? "",
        votes: this.#peers.get(nodeId)?.votes ?? 0,
      })),
    };
  }

  get #me(): Peer {
    return this.#peers.get(this.#nodeId)!;
  }

  #tally(): Tally {
    return tally(this.#peers.values());
  }

  #threshold(how: { mayDecrease: boolean; forced: number }): number {
    const quorum = quorumOf(this.#tally(), { forced: how.forced, isTwoNode: this.#isTwoNode });
    if (how.mayDecrease) return quorum.value;
    return quorum.isTwoNodeRule ? quorum.value : Math.max(quorum.value, this.#quorum);
  }

  #recalculate(how: { mayDecrease: boolean; byNodeCount: boolean }): void {
    const { total, count } = this.#tally();
    const me = this.#me;
    if (total > me.expectedVotes) me.expectedVotes = total;
    this.#quorum = this.#threshold({
      mayDecrease: how.mayDecrease,
      forced: how.byNodeCount ? count : 0,
    });
    if (how.byNodeCount)
      for (const peer of this.#peers.values()) if (peer.isMember) peer.expectedVotes = count;
    this.#decide(total);
  }

  #decide(total: number): void {
    if (this.#isWaitForAll && this.#isWaitingForAll) {
      if (total !== this.#me.expectedVotes) return;
      this.#isWaitingForAll = false;
    }
    let isQuorate = this.#quorum <= total;
    if (isQuorate) {
      const members = [...this.#peers].filter(([, peer]) => peer.isMember).map(([id]) => id);
      this.#extremes = { lowest: Math.min(...members), highest: Math.max(...members) };
    } else if (this.#winsTie(total)) isQuorate = true;
    const isFlipped = isQuorate !== this.#isQuorate;
    this.#isQuorate = isQuorate;
    // Losing quorum arms the waiting again (votequorum, 4.2).
    if (this.#isWaitForAll) this.#isWaitingForAll = !isQuorate;
    if (isFlipped && !this.#isRingChanging) this.#events.flipped();
  }

  /** Source: votequorum, 2 (`decide`) and 4.4. Fewer missing nodes than quorum: the other side cannot have it. */
  #winsTie(total: number): boolean {
    const { tieBreaker } = this.#settings;
    return (
      tieBreaker !== null &&
      total === Math.floor(this.#me.expectedVotes / 2) &&
      this.#previousMembers.length - this.#members.length < this.#quorum &&
      breaksTie(tieBreaker, {
        members: this.#members,
        previousMembers: this.#previousMembers,
        extremes: this.#extremes,
      })
    );
  }

  /** Source: votequorum, 4.3. */
  #opensWindow(): boolean {
    if (this.#members.length >= this.#quorum) return true;
    return (
      this.#settings.tieBreaker !== null &&
      this.#extremes !== null &&
      this.#members.includes(this.#extremes.lowest)
    );
  }

  #startWindow(): void {
    this.#windowTimer?.cancel();
    this.#windowTimer = this.#clock.setTimer(this.#settings.lastManStandingWindowMs, () => {
      this.#windowTimer = null;
      if (!this.#isQuorate) return;
      this.#recalculate({ mayDecrease: true, byNodeCount: true });
      this.#events.numbersChanged();
    });
  }
}

import type { ConfigurationChange, NodeId, ProcessId, QuorumUpdate, Ring } from "@quorate/ports";

/** What the process group service tells, in its order. */
export type GroupEvent =
  | { readonly kind: "delivered"; readonly from: ProcessId; readonly message: Uint8Array }
  | { readonly kind: "configuration"; readonly change: ConfigurationChange }
  | { readonly kind: "ring"; readonly ring: Ring; readonly nodes: readonly NodeId[] };

export type OrderedEvent = GroupEvent | { readonly kind: "quorum"; readonly update: QuorumUpdate };

/**
 * Makes one stream of two. Corosync tells messages and rings on one connection and quorum on another, in any order between the two; who
 * uses an engine sees the own join first, and the decision about quorum right after the ring it belongs to, with nothing in between. Pure;
 * `next` is called until it returns null.
 *
 * Every ring that the one service tells the other tells too. Should a ring be left out on the quorum side, it counts as not quorate.
 */
export class EventOrder {
  readonly #group: GroupEvent[] = [];
  /** At most one for each ring, ascending. */
  #quorum: QuorumUpdate[] = [];
  #latest: QuorumUpdate | null = null;
  #ring: Ring | null = null;
  #ringNodes: readonly NodeId[] = [];
  /** The decision about the ring is due. */
  #isWaiting = false;
  #isJoined = false;
  #earlyRing: GroupEvent | null = null;
  /** The last decision about the ring. */
  #decision: QuorumUpdate | null = null;

  /** The ring whose decision about quorum has not come yet. */
  get awaitedRing(): Ring | null {
    return this.#isWaiting ? this.#ring : null;
  }

  addGroupEvent(event: GroupEvent): void {
    this.#group.push(event);
  }

  addQuorum(update: QuorumUpdate): void {
    this.#latest = update;
    const last = this.#quorum.at(-1);
    // Outside a group nothing but the present state matters.
    if (last !== undefined && (this.#ring === null || isSame(last.ring, update.ring))) this.#quorum.pop();
    this.#quorum.push(update);
  }

  /** The decision about the awaited ring will not come. */
  giveUpWaiting(): void {
    if (this.awaitedRing !== null && this.#quorum.length === 0) this.#quorum.push(this.#assumeNone());
  }

  next(): OrderedEvent | null {
    const update = this.#takeQuorum();
    if (update !== null) {
      this.#isWaiting = false;
      this.#decision = update;
      return { kind: "quorum", update };
    }
    if (this.#isWaiting) return null;
    const event = this.#takeGroupEvent();
    if (event?.kind === "ring") {
      // Whoever joins while a ring is on its way is told of it twice, but of its quorum once.
      if (this.#decision !== null && isSame(this.#decision.ring, event.ring))
        this.#quorum.unshift(this.#decision);
      this.#ring = event.ring;
      this.#ringNodes = event.nodes;
      this.#isWaiting = true;
    }
    return event;
  }

  /** The own leave was delivered: the present state is told anew after the next join. */
  left(): void {
    this.#isJoined = false;
    this.#earlyRing = null;
    this.#group.length = 0;
    this.#ring = null;
    this.#isWaiting = false;
    this.#decision = null;
    this.#quorum = this.#latest === null ? [] : [this.#latest];
  }

  /** A ring that formed before the own join was delivered is told after it. */
  #takeGroupEvent(): GroupEvent | null {
    while (!this.#isJoined) {
      const event = this.#group.shift();
      if (event === undefined) return null;
      if (event.kind === "ring") this.#earlyRing = event;
      if (event.kind !== "configuration") continue;
      this.#isJoined = true;
      if (this.#earlyRing !== null) this.#group.unshift(this.#earlyRing);
      return event;
    }
    return this.#group.shift() ?? null;
  }

  #takeQuorum(): QuorumUpdate | null {
    const ring = this.#ring;
    if (ring === null) return null;
    while (this.#quorum.length > 0 && this.#quorum[0]!.ring.sequence < ring.sequence) this.#quorum.shift();
    const first = this.#quorum[0];
    if (first === undefined) return null;
    if (isSame(first.ring, ring)) {
      this.#quorum.shift();
      return first;
    }
    return this.#isWaiting ? this.#assumeNone() : null;
  }

  #assumeNone(): QuorumUpdate {
    return { isQuorate: false, ring: this.#ring!, nodes: this.#ringNodes };
  }
}

function isSame(a: Ring, b: Ring): boolean {
  return a.representative === b.representative && a.sequence === b.sequence;
}

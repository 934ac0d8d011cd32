import type { Clock, NodeId, Random, Ring, Timer } from "@quorate/ports";
import type { Entry } from "./entry.ts";
import { draw, type EngineTiming } from "./timing.ts";

/** What a ring needs of a member. */
export interface RingMember {
  readonly nodeId: NodeId;
  /** Takes an entry at its place in the order. */
  deliver(entry: Entry): void;
  /** Puts entries that found no place in the old ring before everything that waits to be sent. */
  requeue(entries: readonly Entry[]): void;
  /** The ring takes entries again. */
  flush(): void;
}

interface Seat {
  readonly member: RingMember;
  /** Index in the order of the next entry to deliver. */
  cursor: number;
  /** When the entries from `cursor` on arrive here; ascending. */
  readonly arrivals: number[];
  timer: Timer | null;
}

interface RingContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: EngineTiming;
}

/**
 * The sequencer of one ring: one order of entries, handed to each member in that order. Frozen while some member
 * cannot be reached: nothing is ordered or delivered then. Source: embedded engine, 8.
 */
export class SequencedRing {
  readonly id: Ring;
  /** Ascending by node id; fixed for the life of the ring. */
  readonly members: readonly RingMember[];
  /** Synchronised: its members were told of it, it takes entries. */
  isActive = false;
  isFrozen = false;
  readonly #context: RingContext;
  readonly #seats: Map<RingMember, Seat>;
  /** Entries from index `#orderStart` on; earlier ones were delivered to all. */
  #order: Entry[] = [];
  #orderStart = 0;

  constructor(id: Ring, members: readonly RingMember[], context: RingContext) {
    this.id = id;
    this.members = members;
    this.#context = context;
    this.#seats = new Map(
      members.map((member) => [member, { member, cursor: 0, arrivals: [], timer: null }]),
    );
  }

  get takesEntries(): boolean {
    return this.isActive && !this.isFrozen;
  }

  append(entry: Entry): void {
    this.#order.push(entry);
    const now = this.#context.clock.monotonicMs();
    for (const seat of this.#seats.values()) {
      const arrival = Math.max(
        now + draw(this.#context.timing.latency, this.#context.random),
        seat.arrivals.at(-1) ?? 0,
      );
      seat.arrivals.push(arrival);
      this.#pump(seat);
    }
    this.#trim();
  }

  freeze(): void {
    this.isFrozen = true;
    for (const seat of this.#seats.values()) {
      seat.timer?.cancel();
      seat.timer = null;
    }
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    for (const seat of this.#seats.values()) this.#pump(seat);
    if (this.isActive) for (const member of this.members) member.flush();
  }

  /**
   * Ends the ring for members that go on together (the transitional set). They get what one of them got, and their
   * own entries that anybody got, so that no entry is delivered here and sent again. Their other entries wait for
   * the next ring; those of lost members are dropped.
   */
  depart(together: readonly RingMember[]): void {
    const seats = together.map((member) => this.#seats.get(member)!);
    const seenHere = Math.max(...seats.map((seat) => seat.cursor));
    const seenAnywhere = Math.max(...[...this.#seats.values()].map((seat) => seat.cursor));
    const bySender = new Map(together.map((member) => [member.nodeId, { member, kept: [] as Entry[] }]));
    const end = this.#orderStart + this.#order.length;
    for (let index = this.#orderStart; index < end; index++) {
      const entry = this.#order[index - this.#orderStart]!;
      const sender = bySender.get(entry.sender);
      if (index < seenHere || (sender !== undefined && index < seenAnywhere)) {
        for (const seat of seats) if (seat.cursor <= index) seat.member.deliver(entry);
      } else sender?.kept.push(entry);
    }
    for (const seat of seats) {
      seat.cursor = seenHere;
      seat.arrivals.length = 0;
      seat.timer?.cancel();
      seat.timer = null;
    }
    for (const { member, kept } of bySender.values()) if (kept.length > 0) member.requeue(kept);
  }

  #pump(seat: Seat): void {
    if (this.isFrozen) return;
    const now = this.#context.clock.monotonicMs();
    while (seat.arrivals.length > 0 && seat.arrivals[0]! <= now) {
      seat.arrivals.shift();
      const entry = this.#order[seat.cursor - this.#orderStart]!;
      seat.cursor += 1;
      seat.member.deliver(entry);
    }
    if (seat.arrivals.length === 0 || seat.timer !== null) return;
    seat.timer = this.#context.clock.setTimer(seat.arrivals[0]! - now, () => {
      seat.timer = null;
      this.#pump(seat);
      this.#trim();
    });
  }

  /** Forgets entries that all seats have; a departed member's seat stays where it was, its ring is over anyway. */
  #trim(): void {
    if (this.#order.length < 64) return;
    let first = Number.POSITIVE_INFINITY;
    for (const seat of this.#seats.values()) first = Math.min(first, seat.cursor);
    const count = first - this.#orderStart;
    if (count < this.#order.length / 2) return;
    this.#order = this.#order.slice(count);
    this.#orderStart = first;
  }
}

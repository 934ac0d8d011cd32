import type { Clock, Timer } from "@quorate/ports";

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
  isCancelled: boolean;
}

/** A clock that moves only when told to; timers fire in order of time, then of setting. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  /** A binary heap, the next alarm first. */
  readonly #heap: Alarm[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_800_000_000_000 + Math.floor(this.#nowMs);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const alarm: Alarm = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      fire,
      isCancelled: false,
    };
    this.#push(alarm);
    return {
      cancel() {
        alarm.isCancelled = true;
      },
    };
  }

  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#pop();
      if (next.isCancelled) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
    }
    this.#nowMs = endMs;
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(alarm);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(alarm, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = alarm;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/**
 * The clock of one machine: its wall clock may be wrong, and it may stand still as a suspended machine does. What was
 * due meanwhile happens at once when it goes on.
 */
export class MachineClock implements Clock {
  wallOffsetMs = 0;
  readonly #world: Clock;
  #isFrozen = false;
  #due: (() => void)[] = [];

  constructor(world: Clock) {
    this.#world = world;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    const due = this.#due;
    this.#due = [];
    for (const fire of due) this.#world.setTimer(0, () => this.#run(fire));
  }

  monotonicMs(): number {
    return this.#world.monotonicMs();
  }

  wallMs(): number {
    return this.#world.wallMs() + this.wallOffsetMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    let isCancelled = false;
    const timer = this.#world.setTimer(delayMs, () =>
      this.#run(() => {
        if (!isCancelled) fire();
      }),
    );
    return {
      cancel() {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  #run(fire: () => void): void {
    if (this.#isFrozen) this.#due.push(fire);
    else fire();
  }
}

/** The clock of one process: its timers die with it. */
export class ProcessClock extends MachineClock {
  readonly #machine: MachineClock;
  #isDead = false;

  constructor(machine: MachineClock) {
    super(machine);
    this.#machine = machine;
  }

  kill(): void {
    this.#isDead = true;
  }

  override wallMs(): number {
    return this.#machine.wallMs();
  }

  override setTimer(delayMs: number, fire: () => void): Timer {
    return super.setTimer(delayMs, () => {
      if (!this.#isDead) fire();
    });
  }
}

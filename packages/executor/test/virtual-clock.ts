import type { Clock, Timer } from "@quorate/ports";

interface Pending {
  readonly atMs: number;
  readonly number: number;
  readonly fire: () => void;
}

/** Time that passes only when a test says so. Timers fire in order of time, then of creation. */
export class VirtualClock implements Clock {
  #nowMs = 1000;
  #timerCount = 0;
  #pending: Pending[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const pending = { atMs: this.#nowMs + Math.max(0, delayMs), number: this.#timerCount++, fire };
    this.#pending.push(pending);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== pending);
      },
    };
  }

  /** Lets time pass; timers that are set meanwhile fire, too, when their time comes. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#pending
        .filter((pending) => pending.atMs <= endMs)
        .sort((left, right) => left.atMs - right.atMs || left.number - right.number)[0];
      if (next === undefined) {
        break;
      }
      this.#pending = this.#pending.filter((pending) => pending !== next);
      this.#nowMs = next.atMs;
      next.fire();
    }
    this.#nowMs = endMs;
  }
}

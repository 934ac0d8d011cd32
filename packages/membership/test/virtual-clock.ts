import type { Clock, Random, Timer } from "@quorate/ports";

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that moves only when told to; timers fire in order of time, then of setting. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_800_000_000_000 + Math.floor(this.#nowMs);
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const alarm = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#next(); next !== null && next.atMs <= endMs; next = this.#next()) {
      this.#alarms.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
    }
    this.#nowMs = endMs;
  }

  #next(): Alarm | null {
    let first: Alarm | null = null;
    for (const alarm of this.#alarms)
      if (
        first === null ||
        alarm.atMs < first.atMs ||
        (alarm.atMs === first.atMs && alarm.order < first.order)
      )
        first = alarm;
    return first;
  }
}

/** Mulberry32: small, seeded, good enough for delays. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    uint32() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return (t ^ (t >>> 14)) >>> 0;
    },
  };
}

import type { Clock, Timer } from "@quorate/ports";

export interface LivenessTiming {
  /** A sign of life is sent this often. */
  readonly pingMs: number;
  /** No sign for so long, and the other side counts as dead. */
  readonly silenceMs: number;
}

/**
 * Longer than a daemon waits for its turn on a machine with many times more to do than it can: three nodes share it, and each false alarm is a
 * fencing. A daemon that dies is seen at once all the same, by its connection.
 */
export const LIVENESS_TIMING: LivenessTiming = { pingMs: 500, silenceMs: 8000 };

/** Sends signs of life and notices when the other side sends none. */
export class Liveness {
  readonly #clock: Clock;
  readonly #timing: LivenessTiming;
  readonly #ping: () => void;
  readonly #silent: () => void;
  #lastSignMs: number;
  #timer: Timer;

  constructor(clock: Clock, timing: LivenessTiming, events: { ping(): void; silent(): void }) {
    this.#clock = clock;
    this.#timing = timing;
    this.#ping = events.ping;
    this.#silent = events.silent;
    this.#lastSignMs = clock.monotonicMs();
    this.#timer = this.#next();
  }

  sign(): void {
    this.#lastSignMs = this.#clock.monotonicMs();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #next(): Timer {
    const setMs = this.#clock.monotonicMs();
    return this.#clock.setTimer(this.#timing.pingMs, () => {
      const now = this.#clock.monotonicMs();
      // If this process itself stood still, signs may wait unread: the other side is judged anew.
      if (now - setMs > this.#timing.pingMs + this.#timing.silenceMs / 2) this.#lastSignMs = now;
      if (now - this.#lastSignMs > this.#timing.silenceMs) {
        this.#silent();
        return;
      }
      this.#ping();
      this.#timer = this.#next();
    });
  }
}

import type { Clock, Log, Timer } from "@quorate/ports";

const TICK_MS = 1000;
/** Own messages come at least so often: without others, a sign is sent. */
const SIGN_MS = 5000;
/** Beyond what Corosync needs to form a new ring. */
const PATIENCE_MS = 5000;

/**
 * Notices that Corosync takes messages of this node and does not bring them back: it stands still, or forms no ring. It says so and when it is
 * over; nothing else can be done about it, since the other nodes see this one leave, and it sees them leave and come back when Corosync goes on.
 */
export class DeliveryWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limitMs: number;
  readonly #sendSign: () => void;
  #timer: Timer | null = null;
  #tickedMs = 0;
  #deliveredMs = 0;
  #signMs = 0;
  #isReported = false;

  /** @param ringMs how long Corosync may take to form a ring without a node that was lost */
  constructor(options: {
    readonly clock: Clock;
    readonly log: Log;
    readonly ringMs: number;
    readonly sendSign: () => void;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#limitMs = SIGN_MS + options.ringMs + PATIENCE_MS;
    this.#sendSign = options.sendSign;
  }

  /** In the group from now on. */
  start(): void {
    const now = this.#clock.monotonicMs();
    this.#tickedMs = now;
    this.#deliveredMs = now;
    this.#signMs = now;
    this.#tick();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#isReported = false;
  }

  /** An own message came back. */
  delivered(): void {
    const now = this.#clock.monotonicMs();
    if (this.#isReported)
      this.#log("notice", `Corosync delivers again, after ${secondsOf(now - this.#deliveredMs)} s`);
    this.#isReported = false;
    this.#deliveredMs = now;
  }

  #tick(): void {
    const now = this.#clock.monotonicMs();
    // This process stood still itself: what came meanwhile is yet to be fetched.
    if (now - this.#tickedMs > 2 * TICK_MS) this.#deliveredMs += now - this.#tickedMs;
    this.#tickedMs = now;
    if (now - this.#deliveredMs >= SIGN_MS && now - this.#signMs >= SIGN_MS) {
      this.#signMs = now;
      this.#sendSign();
    }
    if (now - this.#deliveredMs > this.#limitMs && !this.#isReported) {
      this.#isReported = true;
      this.#log(
        "error",
        `Corosync has delivered no message of this node for ${secondsOf(now - this.#deliveredMs)} s: it stands still, or forms no ring; look at "corosync-quorumtool -s" and at Corosync's log`,
      );
    }
    this.#timer = this.#clock.setTimer(TICK_MS, () => this.#tick());
  }
}

function secondsOf(ms: number): number {
  return Math.round(ms / 1000);
}

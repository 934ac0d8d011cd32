/** Time, as two different things: a monotonic clock for durations, a wall clock for people and records. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back, not affected by steps of the wall clock. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01 UTC; may jump in either direction. */
  wallMs(): number;
  /** Calls `fire` once, `delayMs` monotonic milliseconds from now (at once when 0 or less, but not inside this call). */
  setTimer(delayMs: number, fire: () => void): Timer;
}

export interface Timer {
  /** After this the timer does not fire. Cancelling a fired or cancelled timer does nothing. */
  cancel(): void;
}

import type { Random } from "@quorate/ports";

/** Milliseconds, drawn evenly between the two. */
export interface Delay {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How long things take in the engine. Source: embedded engine, 6. */
export interface EngineTiming {
  /** From an accepted message to its place in the order, and again from there to each receiver. */
  readonly latency: Delay;
  /** From a silent loss of a node or link to the new ring: in Corosync the token and consensus time-outs. */
  readonly lossDetection: Delay;
  /** From two rings that can reach each other to one ring. */
  readonly merge: Delay;
  /** Exchange of state between an agreed ring and its first event; sending is refused meanwhile. */
  readonly synchronization: Delay;
  /** From the start of a node to its ring of one. */
  readonly nodeStart: Delay;
  /** From the request of a clean stop until the node has left its ring. */
  readonly nodeStop: Delay;
  /** From the death of a client to the message that tells so. */
  readonly clientDeath: Delay;
}

/** As three Corosync nodes with `token: 1000` and `token_coefficient: 0` behave. */
export const COROSYNC_LIKE_TIMING: EngineTiming = {
  latency: { minMs: 0.1, maxMs: 0.4 },
  lossDetection: { minMs: 1980, maxMs: 2200 },
  merge: { minMs: 500, maxMs: 1250 },
  synchronization: { minMs: 1, maxMs: 5 },
  nodeStart: { minMs: 100, maxMs: 300 },
  nodeStop: { minMs: 50, maxMs: 150 },
  clientDeath: { minMs: 5, maxMs: 5 },
};

/** For a demonstration on one machine: losses are seen fast, messages are not held up. */
export const DEMO_TIMING: EngineTiming = {
  latency: { minMs: 0, maxMs: 0 },
  lossDetection: { minMs: 300, maxMs: 300 },
  merge: { minMs: 200, maxMs: 300 },
  synchronization: { minMs: 1, maxMs: 1 },
  nodeStart: { minMs: 20, maxMs: 50 },
  nodeStop: { minMs: 20, maxMs: 50 },
  clientDeath: { minMs: 0, maxMs: 0 },
};

export function draw(delay: Delay, random: Random): number {
  if (delay.maxMs <= delay.minMs) return delay.minMs;
  return delay.minMs + (random.uint32() / 2 ** 32) * (delay.maxMs - delay.minMs);
}

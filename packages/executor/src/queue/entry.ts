import type { AgentCallback, Operation, Timer } from "@quorate/ports";

/** What one run of an agent gave. */
export interface RunResult {
  /** One of `ExecutionStatus`. */
  readonly status: number;
  /** One of `OcfCode`. */
  readonly rc: number;
  /** Empty when there is none. */
  readonly exitReason: string;
  readonly output: string;
  /** Null when no process ran. */
  readonly pid: number | null;
}

/** Performs operations one by one, whatever their class. Implemented by `classes/` with real processes. */
export interface OperationRunner {
  /**
   * Starts at once; the operation's timeout counts from here. `done` is called exactly once and not from inside this
   * call. After `cancel` the result follows as soon as the process is gone.
   */
  start(operation: Operation, callId: number, done: (result: RunResult) => void): { cancel(): void };
}

/**
 * Where an operation stands:
 *
 * ```
 *  queued ──► running ──► (single: gone)
 *               ▲ │
 *           due ┘ └► idle        recurring only: idle waits for its interval, due waits for the resource
 *            ▲        │
 *            └────────┘
 * ```
 */
type EntryState = "queued" | "running" | "idle" | "due";

/** An accepted operation. Belongs to one `ResourceQueue`, which is the only one to change it. */
export interface Entry {
  operation: Operation;
  callId: number;
  report: AgentCallback;
  state: EntryState;
  /** Monotonic: when it was accepted or, for a repeat, became due. */
  waitingSinceMs: number;
  /** Monotonic: it does not begin before (start-delay). */
  notBeforeMs: number;
  /** Runs that ended since it was accepted (or taken over by a new request). */
  runCount: number;
  /** Cancelled while running: what the run says is not used. `silent`: nothing is reported either. */
  cancellation: "none" | "reported" | "silent";
  lastRunS: number;
  lastChangeS: number;
  /** Result of the last run. */
  last: { readonly status: number; readonly rc: number } | null;
  /** Result the callback knows; null until the first report. */
  lastReported: { readonly status: number; readonly rc: number } | null;
  /** Ends the idle time. */
  timer: Timer | null;
}

export function isRecurring(operation: Operation): boolean {
  return operation.intervalMs > 0;
}

/** Identity of a recurring operation within its resource. */
export function recurringKey(action: string, intervalMs: number): string {
  return `${action}/${intervalMs}`;
}

export function createEntry(
  operation: Operation,
  options: { readonly callId: number; readonly report: AgentCallback; readonly nowMs: number },
): Entry {
  return {
    operation,
    callId: options.callId,
    report: options.report,
    state: "queued",
    waitingSinceMs: options.nowMs,
    notBeforeMs: options.nowMs + operation.startDelayMs,
    runCount: 0,
    cancellation: "none",
    lastRunS: 0,
    lastChangeS: 0,
    last: null,
    lastReported: null,
    timer: null,
  };
}

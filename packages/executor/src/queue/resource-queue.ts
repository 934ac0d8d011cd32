import {
  type AgentCallback,
  type Clock,
  ExecutionStatus,
  type Log,
  OcfCode,
  type Operation,
  type OperationResult,
  type Timer,
} from "@quorate/ports";
import {
  createEntry,
  type Entry,
  isRecurring,
  type OperationRunner,
  type RunResult,
  recurringKey,
} from "./entry.ts";
import { logEnd, logStart } from "./log-lines.ts";

export interface QueueSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly runner: OperationRunner;
}

/** The run in progress. */
interface Run {
  readonly entry: Entry;
  readonly startedMs: number;
  readonly queueTimeMs: number;
  readonly cancel: () => void;
}

/**
 * The operations of one resource: a first-in-first-out queue, at most one run at a time, and the recurring operations
 * with their timers. Source: executor specification, 2 and 3.
 */
export class ResourceQueue {
  readonly #resourceId: string;
  readonly #surroundings: QueueSurroundings;
  /** In order of acceptance. A repeat of a recurring operation takes no place here. */
  #queue: Entry[] = [];
  /** At most one for each action and interval; holds those in the queue and running, too. */
  readonly #recurring = new Map<string, Entry>();
  #run: Run | null = null;
  /** Wakes the queue when the start-delay of its head ends. */
  #headTimer: Timer | null = null;

  constructor(resourceId: string, surroundings: QueueSurroundings) {
    this.#resourceId = resourceId;
    this.#surroundings = surroundings;
  }

  /** True when nothing is queued, running or recurring: the queue may be forgotten. */
  get isEmpty(): boolean {
    return this.#run === null && this.#queue.length === 0 && this.#recurring.size === 0;
  }

  /** Operations queued, running, or due and waiting for the resource. */
  get busyCount(): number {
    let count = this.#queue.length + (this.#run === null ? 0 : 1);
    for (const entry of this.#recurring.values()) {
      count += entry.state === "due" ? 1 : 0;
    }
    return count;
  }

  execute(operation: Operation, callId: number, report: AgentCallback): void {
    const nowMs = this.#surroundings.clock.monotonicMs();
    const known = this.#knownForTakeOver(operation);
    if (known === undefined) {
      const entry = createEntry(operation, { callId, report, nowMs });
      this.#queue.push(entry);
      if (isRecurring(operation)) {
        this.#recurring.set(recurringKey(operation.action, operation.intervalMs), entry);
      }
    } else {
      this.#takeOver(known, operation, { callId, report, nowMs });
    }
    this.#advance();
  }

  /** False when there is no such recurring operation. */
  cancel(action: string, intervalMs: number): boolean {
    const entry = this.#recurring.get(recurringKey(action, intervalMs));
    if (entry === undefined) {
      return false;
    }
    this.#cancelEntry(entry, "reported");
    this.#advance();
    return true;
  }

  /** Ends all recurring operations without a report. */
  cancelAll(): void {
    for (const entry of [...this.#recurring.values()]) {
      this.#cancelEntry(entry, "silent");
    }
    this.#advance();
  }

  /** The entry that a new request for the same recurring operation goes on with. */
  #knownForTakeOver(operation: Operation): Entry | undefined {
    if (!isRecurring(operation)) {
      return undefined;
    }
    const known = this.#recurring.get(recurringKey(operation.action, operation.intervalMs));
    if (known !== undefined && this.#queue.some((queued) => queued.operation.action === "stop")) {
      // The stop would end the old one; the new one is meant for the time after it and takes its place behind.
      this.#cancelEntry(known, "reported");
      return undefined;
    }
    return known;
  }

  #takeOver(
    entry: Entry,
    operation: Operation,
    request: { readonly callId: number; readonly report: AgentCallback; readonly nowMs: number },
  ): void {
    const { resourceId, action, intervalMs } = operation;
    this.#surroundings.log(
      "info",
      `Duplicate recurring operation ${resourceId}_${action}_${intervalMs}: call ${request.callId} takes over call ${entry.callId}`,
    );
    entry.operation = operation;
    entry.callId = request.callId;
    entry.report = request.report;
    entry.runCount = 0;
    entry.lastReported = null;
    switch (entry.state) {
      case "queued":
      case "running":
        return;
      case "idle":
      case "due":
        entry.timer?.cancel();
        entry.timer = null;
        entry.state = "due";
        entry.waitingSinceMs = request.nowMs;
        return;
      default:
        entry.state satisfies never;
    }
  }

  #cancelEntry(entry: Entry, cancellation: "reported" | "silent"): void {
    this.#recurring.delete(recurringKey(entry.operation.action, entry.operation.intervalMs));
    entry.cancellation = cancellation;
    if (this.#run?.entry === entry) {
      this.#run.cancel();
      return;
    }
    entry.timer?.cancel();
    entry.timer = null;
    this.#queue = this.#queue.filter((queued) => queued !== entry);
    this.#surroundings.log(
      "info",
      `${this.#resourceId} ${entry.operation.action} (call ${entry.callId}) was cancelled`,
    );
    if (cancellation === "reported") {
      const result = cancelledResult(entry);
      this.#surroundings.clock.setTimer(0, () => entry.report(result));
    }
  }

  /** Starts what waited longest, if the resource is free. */
  #advance(): void {
    this.#headTimer?.cancel();
    this.#headTimer = null;
    if (this.#run !== null) {
      return;
    }
    const nowMs = this.#surroundings.clock.monotonicMs();
    const next = this.#next(nowMs);
    if (next !== null) {
      this.#start(next, nowMs);
      return;
    }
    const head = this.#queue[0];
    if (head !== undefined) {
      this.#headTimer = this.#surroundings.clock.setTimer(head.notBeforeMs - nowMs, () => this.#advance());
    }
  }

  /** The head of the queue or a due repeat, whichever waits longer; equally long: the smaller call id. */
  #next(nowMs: number): Entry | null {
    const head = this.#queue[0];
    let next: Entry | null = head !== undefined && head.notBeforeMs <= nowMs ? head : null;
    for (const entry of this.#recurring.values()) {
      if (entry.state === "due" && (next === null || waitsLonger(entry, next))) {
        next = entry;
      }
    }
    return next;
  }

  #start(entry: Entry, nowMs: number): void {
    this.#queue = this.#queue.filter((queued) => queued !== entry);
    if (entry.operation.action === "stop") {
      this.#cancelRecurringBefore(entry.callId);
    }
    entry.state = "running";
    entry.lastRunS = Math.floor(this.#surroundings.clock.wallMs() / 1000);
    logStart(this.#surroundings.log, entry);
    const handle = this.#surroundings.runner.start(entry.operation, entry.callId, (result) =>
      this.#ended(entry, result),
    );
    this.#run = {
      entry,
      startedMs: nowMs,
      queueTimeMs: Math.round(nowMs - entry.waitingSinceMs),
      cancel: () => handle.cancel(),
    };
  }

  /** What was asked for after the stop, such as the monitor of the next start, is not meant by it. */
  #cancelRecurringBefore(callId: number): void {
    for (const entry of [...this.#recurring.values()]) {
      if (entry.callId < callId) {
        this.#cancelEntry(entry, "reported");
      }
    }
  }

  #ended(entry: Entry, result: RunResult): void {
    const run = this.#run;
    if (run === null || run.entry !== entry) {
      throw new Error(`The run of ${this.#resourceId} ${entry.operation.action} reported twice`);
    }
    this.#run = null;
    const execTimeMs = Math.round(this.#surroundings.clock.monotonicMs() - run.startedMs);
    logEnd(this.#surroundings.log, entry, result, { execTimeMs, queueTimeMs: run.queueTimeMs });
    const report = this.#settle(entry, result, { execTimeMs, queueTimeMs: run.queueTimeMs });
    try {
      if (report !== null) {
        entry.report(report);
      }
    } finally {
      this.#advance();
    }
  }

  /** Takes a result into the entry, sets the next repeat, and gives what is to be reported, if anything. */
  #settle(
    entry: Entry,
    result: RunResult,
    times: { readonly execTimeMs: number; readonly queueTimeMs: number },
  ): OperationResult | null {
    switch (entry.cancellation) {
      case "silent":
        return null;
      case "reported":
        return cancelledResult(entry);
      case "none":
        break;
      default:
        entry.cancellation satisfies never;
    }
    const isChange = entry.last === null || !isSame(entry.last, result);
    if (isChange) {
      entry.lastChangeS = entry.lastRunS;
    }
    entry.last = { status: result.status, rc: result.rc };
    entry.runCount += 1;
    if (isRecurring(entry.operation)) {
      this.#waitForInterval(entry);
      if (entry.lastReported !== null && isSame(entry.lastReported, result)) {
        return null;
      }
      entry.lastReported = entry.last;
    }
    const isFirst = entry.runCount === 1;
    return {
      operation: entry.operation,
      callId: entry.callId,
      status: result.status,
      rc: result.rc,
      exitReason: result.exitReason,
      lastRunS: entry.lastRunS,
      lastChangeS: entry.lastChangeS,
      execTimeMs: isFirst ? times.execTimeMs : 0,
      queueTimeMs: isFirst ? times.queueTimeMs : 0,
      output: result.output,
    };
  }

  /** The interval counts from the end of the run. */
  #waitForInterval(entry: Entry): void {
    entry.state = "idle";
    entry.timer = this.#surroundings.clock.setTimer(entry.operation.intervalMs, () => {
      entry.timer = null;
      entry.state = "due";
      entry.waitingSinceMs = this.#surroundings.clock.monotonicMs();
      this.#advance();
    });
  }
}

function waitsLonger(entry: Entry, other: Entry): boolean {
  return entry.waitingSinceMs === other.waitingSinceMs
    ? entry.callId < other.callId
    : entry.waitingSinceMs < other.waitingSinceMs;
}

function isSame(
  left: { readonly status: number; readonly rc: number },
  right: { readonly status: number; readonly rc: number },
): boolean {
  return left.status === right.status && left.rc === right.rc;
}

function cancelledResult(entry: Entry): OperationResult {
  return {
    operation: entry.operation,
    callId: entry.callId,
    status: ExecutionStatus.cancelled,
    rc: OcfCode.ok,
    exitReason: "",
    lastRunS: entry.lastRunS,
    lastChangeS: entry.lastChangeS,
    execTimeMs: 0,
    queueTimeMs: 0,
    output: "",
  };
}

import { parentPort, Worker } from "node:worker_threads";
import type { SchedulerOutcome, SchedulerPort } from "@quorate/controller";
import { schedule } from "@quorate/scheduler";
import { parseXml, serializeXml } from "@quorate/xml";

/** What goes to the worker thread; the graph or a reason comes back. */
interface Job {
  readonly cib: string;
  readonly nowS: number;
}

interface Running {
  readonly worker: Worker;
  readonly done: (outcome: SchedulerOutcome) => void;
}

/**
 * The scheduler on a thread of its own, so that a long run blocks neither the signs of life to the cluster nor the local API. The
 * controller asks for one run at a time and drops an answer that a newer CIB has made worthless.
 */
export class WorkerScheduler implements SchedulerPort {
  readonly #program: string;
  #idle: Worker | null = null;
  #running: Running | null = null;

  /** @param program file that calls `serveScheduler` when it is loaded as a worker */
  constructor(program: string) {
    this.#program = program;
  }

  run({ cib, nowMs }: Parameters<SchedulerPort["run"]>[0], done: (outcome: SchedulerOutcome) => void): void {
    if (this.#running !== null) throw new Error("the scheduler was asked again during a run");
    const worker = this.#idle ?? this.#startWorker();
    this.#idle = null;
    this.#running = { worker, done };
    const job: Job = { cib: serializeXml(cib), nowS: Math.floor(nowMs / 1000) };
    worker.postMessage(job);
  }

  /** Ends the threads without an answer to a run in progress. */
  close(): void {
    void this.#running?.worker.terminate();
    void this.#idle?.terminate();
    this.#running = null;
    this.#idle = null;
  }

  #startWorker(): Worker {
    const worker = new Worker(this.#program);
    worker.unref();
    worker.on("message", (outcome: SchedulerOutcome) => {
      if (this.#running?.worker !== worker) return;
      this.#idle = worker;
      this.#finish(this.#running, outcome);
    });
    // Out of memory, or a defect outside of a run; the next run starts a new thread.
    worker.on("error", (error) => this.#lost(worker, error.stack ?? error.message));
    worker.on("exit", (code) => this.#lost(worker, `the scheduler's thread ended with code ${code}`));
    return worker;
  }

  #lost(worker: Worker, reason: string): void {
    if (this.#idle === worker) this.#idle = null;
    if (this.#running?.worker === worker) this.#finish(this.#running, { ok: false, reason });
  }

  #finish({ done }: Running, outcome: SchedulerOutcome): void {
    this.#running = null;
    done(outcome);
  }
}

/** The worker's side: answers one job after another. */
export function serveScheduler(): void {
  const port = parentPort!;
  port.on("message", (job: Job) => port.postMessage(carryOut(job)));
}

function carryOut({ cib, nowS }: Job): SchedulerOutcome {
  const parsed = parseXml(cib);
  if (!parsed.ok) return { ok: false, reason: `the CIB is not XML: ${parsed.error.message}` };
  try {
    return { ok: true, graph: schedule(parsed.root, { nowS }).graph, source: "" };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

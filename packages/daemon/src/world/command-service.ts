import { existsSync, rmSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Clock, Log, Timer } from "@quorate/ports";

/** After the start of the daemon, which may be that of a whole cluster; until then commands run by themselves. */
const START_MS = 2_000;
const RESTART_MS = 10_000;
/** Of its own: what a command asks for must not take the daemon's. */
const HEAP_MIB_MAX = 1_024;

interface Options {
  /** The program `quorate-commands`; where there is none, commands run by themselves. */
  readonly program: string;
  /** What the thread runs: commands that end soon, or those that may take long and must not keep the others waiting. */
  readonly lane: "short" | "long";
  readonly socketPath: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps a thread that runs commands which agents and scripts call again and again. It is an ordinary client of the local API, and nothing waits for it: while
 * it is not there, each command runs as a process of its own.
 */
export class CommandService {
  readonly #options: Options;
  #worker: Worker | null = null;
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
    if (existsSync(options.program)) this.#startIn(START_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    void this.#worker?.terminate();
    rmSync(this.#options.socketPath, { force: true });
  }

  #startIn(delayMs: number): void {
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#start());
  }

  #start(): void {
    const { program, lane, socketPath, log } = this.#options;
    const worker = new Worker(program, {
      workerData: { commandsSocket: socketPath, lane },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
    worker.unref();
    this.#worker = worker;
    worker.on("error", (error) =>
      log("warning", `the thread that runs commands failed: ${error.stack ?? error.message}`),
    );
    worker.on("exit", (code) => {
      if (this.#isClosed) return;
      rmSync(socketPath, { force: true });
      // One that ends by itself has used much memory, which the system has back now.
      this.#startIn(code === 0 ? 0 : RESTART_MS);
    });
  }
}

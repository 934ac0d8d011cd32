/**
 * Runs tasks one after another, never one inside another: what a port's callback or a room's listener causes is done
 * after the event at hand, in the order in which it was caused.
 */
export class WorkQueue {
  readonly #tasks: (() => void)[] = [];
  #isRunning = false;
  #isClosed = false;

  /** Runs the task now, or after the running one and those that wait. */
  run(task: () => void): void {
    if (this.#isClosed) return;
    this.#tasks.push(task);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#tasks.shift(); next !== undefined; next = this.#tasks.shift()) next();
    } finally {
      this.#isRunning = false;
    }
  }

  /** Drops what waits and refuses all that comes: the node has ended. */
  close(): void {
    this.#isClosed = true;
    this.#tasks.length = 0;
  }
}

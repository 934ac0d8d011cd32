import type { CibAnswer } from "../cluster-node.ts";
import type { WorkQueue } from "../work-queue.ts";

/** A change that this node sent, until it is delivered at its place in the order. */
interface OutstandingChange {
  /** There was quorum when it was asked for. */
  readonly wasQuorate: boolean;
  readonly done: (answer: CibAnswer) => void;
}

/** Which changes this node has sent and not seen delivered yet, and what waits until there are none. */
export class OutstandingChanges {
  readonly #queue: WorkQueue;
  readonly #changes = new Map<number, OutstandingChange>();
  #count = 0;
  #tasks: (() => void)[] = [];

  constructor(queue: WorkQueue) {
    this.#queue = queue;
  }

  /** @returns the number that the change goes by. */
  add(change: OutstandingChange): number {
    this.#count += 1;
    this.#changes.set(this.#count, change);
    return this.#count;
  }

  /** The change is outstanding no more; nothing happens when it was not. */
  conclude(id: number, answer: (change: OutstandingChange) => void): void {
    const change = this.#changes.get(id);
    if (change === undefined) return;
    this.#changes.delete(id);
    answer(change);
    if (this.#changes.size > 0) return;
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) this.whenNone(task);
  }

  /** Runs the task, in a later event, when no change is outstanding. */
  whenNone(task: () => void): void {
    this.#queue.run(() => {
      if (this.#changes.size > 0) this.#tasks.push(task);
      else task();
    });
  }
}

import type { AgentCallback, Operation } from "@quorate/ports";
import { type QueueSurroundings, ResourceQueue } from "./resource-queue.ts";

/**
 * All operations of a node: one queue for each resource, call ids over all of them. Knows no processes: the runner
 * performs the operations, the clock gives the time. Source: executor specification, 1 to 3.
 */
export class OperationQueue {
  readonly #surroundings: QueueSurroundings;
  /** Only resources that have something queued, running or recurring. */
  readonly #resources = new Map<string, ResourceQueue>();
  #lastCallId = 0;

  constructor(surroundings: QueueSurroundings) {
    this.#surroundings = surroundings;
  }

  get runningCount(): number {
    let count = 0;
    for (const queue of this.#resources.values()) {
      count += queue.busyCount;
    }
    return count;
  }

  execute(operation: Operation, report: AgentCallback): number {
    this.#dropEmpty();
    this.#lastCallId += 1;
    let queue = this.#resources.get(operation.resourceId);
    if (queue === undefined) {
      queue = new ResourceQueue(operation.resourceId, this.#surroundings);
      this.#resources.set(operation.resourceId, queue);
    }
    queue.execute(operation, this.#lastCallId, report);
    return this.#lastCallId;
  }

  cancel(resourceId: string, action: string, intervalMs: number): boolean {
    return this.#resources.get(resourceId)?.cancel(action, intervalMs) ?? false;
  }

  cancelAll(): void {
    for (const queue of this.#resources.values()) {
      queue.cancelAll();
    }
  }

  /** Resources come and go with the configuration; their queues must not stay for ever. */
  #dropEmpty(): void {
    for (const [resourceId, queue] of this.#resources) {
      if (queue.isEmpty) {
        this.#resources.delete(resourceId);
      }
    }
  }
}

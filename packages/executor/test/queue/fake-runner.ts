import { type Clock, ExecutionStatus, OcfCode, type Operation, type Timer } from "@quorate/ports";
import type { OperationRunner, RunResult } from "../../src/queue/entry.ts";

/** What a run of the fake does: how long it takes and how it ends. */
export interface Behaviour {
  readonly ms: number;
  readonly status?: number;
  readonly rc?: number;
  readonly exitReason?: string;
}

/**
 * Runs operations under virtual time as a table says, and keeps a journal: `begin web start`, `end web start`.
 * Fails when two operations of one resource overlap.
 */
export class FakeRunner implements OperationRunner {
  readonly journal: string[] = [];
  readonly #clock: Clock;
  readonly #behave: (operation: Operation, callId: number) => Behaviour;
  readonly #running = new Set<string>();

  constructor(clock: Clock, behave: (operation: Operation, callId: number) => Behaviour) {
    this.#clock = clock;
    this.#behave = behave;
  }

  start(operation: Operation, callId: number, done: (result: RunResult) => void): { cancel(): void } {
    const name = `${operation.resourceId} ${operation.action}`;
    if (this.#running.has(operation.resourceId)) {
      throw new Error(`${name} begins while another operation of the resource runs`);
    }
    this.#running.add(operation.resourceId);
    this.journal.push(`begin ${name}`);
    const behaviour = this.#behave(operation, callId);
    let timer: Timer | null = null;
    const end = (result: RunResult, verb: string): void => {
      timer?.cancel();
      this.#running.delete(operation.resourceId);
      this.journal.push(`${verb} ${name}`);
      done(result);
    };
    timer = this.#clock.setTimer(behaviour.ms, () => end(resultOf(behaviour), "end"));
    return {
      cancel: () => {
        timer?.cancel();
        timer = this.#clock.setTimer(3, () =>
          end(resultOf({ ms: 0, status: ExecutionStatus.cancelled }), "kill"),
        );
      },
    };
  }
}

function resultOf(behaviour: Behaviour): RunResult {
  return {
    status: behaviour.status ?? ExecutionStatus.done,
    rc: behaviour.rc ?? OcfCode.ok,
    exitReason: behaviour.exitReason ?? "",
    output: "",
    pid: 100,
  };
}

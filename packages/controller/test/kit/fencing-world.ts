import type {
  Clock,
  FenceOutcome,
  FenceRequest,
  Fencer,
  FencerEvents,
  FencingRecord,
  NodeId,
} from "@quorate/ports";
import { ExecutionStatus } from "@quorate/ports";

interface Listener {
  readonly clock: Clock;
  readonly events: FencerEvents;
  isAlive: boolean;
}

/** The power switches of the cluster, reachable from every node, and what the fencers of its nodes report. */
export class FencingWorld {
  readonly records: FencingRecord[] = [];
  /** Fencing of these targets fails. */
  readonly broken = new Set<string>();
  delayMs = 300;
  readonly #clock: Clock;
  readonly #cutPower: (target: string) => void;
  readonly #listeners: Listener[] = [];
  #count = 0;

  constructor(clock: Clock, cutPower: (target: string) => void) {
    this.#clock = clock;
    this.#cutPower = cutPower;
  }

  /** The fencer of one life of a daemon. */
  fencer(node: { readonly nodeId: NodeId; readonly name: string }, clock: Clock): Fencer {
    const run = (request: FenceRequest, done: (outcome: FenceOutcome) => void) => {
      this.#count += 1;
      const id = `fence-${this.#count}`;
      this.#clock.setTimer(this.delayMs, () => {
        const isSuccess = !this.broken.has(request.target);
        if (isSuccess) this.#cutPower(request.target);
        const record: FencingRecord = {
          id,
          target: request.target,
          action: request.action,
          origin: node.name,
          delegate: isSuccess ? node.name : "",
          client: request.client,
          state: isSuccess ? "success" : "failed",
          completedMs: this.#clock.wallMs(),
          exitReason: isSuccess ? "" : "the switch of the test refuses",
        };
        this.records.push(record);
        const outcome: FenceOutcome = {
          isSuccess,
          status: isSuccess ? ExecutionStatus.done : ExecutionStatus.error,
          reason: record.exitReason,
          record,
        };
        for (const listener of this.#listeners)
          listener.clock.setTimer(1, () => listener.events.completed(outcome));
        clock.setTimer(2, () => done(outcome));
      });
    };
    return {
      subscribe: (events) => void this.#listeners.push({ clock, events, isAlive: true }),
      fence: run,
      confirm: (target, client, done) =>
        run(
          { target, action: "off", timeoutS: 1, delayS: 0, toleranceS: 0, client, allowsSelf: false },
          done,
        ),
      history: () => this.records,
      cleanHistory: () => {},
      devices: (_target, done) => void clock.setTimer(0, () => done([])),
      startDevice: (_request, done) => void clock.setTimer(0, () => done({ status: 0, rc: 0, reason: "" })),
      monitorDevice: (_request, done) => void clock.setTimer(0, () => done({ status: 0, rc: 0, reason: "" })),
      stopDevice: () => {},
      isDeviceStarted: () => true,
      configurationChanged: () => {},
      synchronizeHistory: () => {},
    };
  }
}

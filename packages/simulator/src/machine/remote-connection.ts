import type {
  Clock,
  NodeId,
  Operation,
  OperationResult,
  RemoteConnection,
  RemoteConnectionEvents,
} from "@quorate/ports";
import type { RemoteLine } from "./remote-line.ts";
import type { RemoteLife } from "./remote-machine.ts";

/** How long each message between a node and a remote host is on its way. */
export const REMOTE_LATENCY_MS = 2;

/** One life of the daemon of a node that connects. */
export interface RemoteClient {
  readonly clock: Clock;
  readonly nodeId: NodeId;
}

/** Calls go to the host and reports come back over the line; neither gets anywhere when its receiver is dead. */
export class SimulatedConnection implements RemoteConnection {
  readonly client: RemoteClient;
  readonly agents: RemoteConnection["agents"];
  readonly #life: RemoteLife;
  readonly #line: RemoteLine;
  #events: RemoteConnectionEvents | null = null;
  /** What came before anybody listened. */
  #early: ((events: RemoteConnectionEvents) => void)[] = [];
  #isOver = false;

  constructor(life: RemoteLife, client: RemoteClient, line: RemoteLine) {
    this.#life = life;
    this.client = client;
    this.#line = line;
    this.agents = {
      execute: (operation, report) => this.#toHost(() => this.#execute(operation, report)),
      cancel: (resource, action, intervalMs) => {
        this.#toHost(() => void life.agents.cancel(resource, action, intervalMs));
        return true;
      },
      cancelAll: () => this.#toHost(() => life.agents.cancelAll()),
      metadata: (agent, done) =>
        this.#toHost(() => life.agents.metadata(agent, (result) => this.#toClient(() => done(result)))),
      forgetMetadata: () => {},
    };
  }

  /** The host has accepted it. */
  greet(done: () => void): void {
    this.#toClient(done);
  }

  subscribe(events: RemoteConnectionEvents): void {
    this.#events = events;
    const early = this.#early;
    this.#early = [];
    for (const event of early) this.client.clock.setTimer(0, () => event(events));
  }

  /** The host's side tells something. */
  tell(event: (events: RemoteConnectionEvents) => void): void {
    this.#toClient(() => {
      if (this.#events === null) this.#early.push(event);
      else event(this.#events);
    });
  }

  ping(timeoutMs: number, done: (isAlive: boolean) => void): void {
    let isDone = false;
    const answered = (isAlive: boolean) => {
      if (isDone) return;
      isDone = true;
      done(isAlive);
    };
    this.#toHost(() => this.#toClient(() => answered(true)));
    this.client.clock.setTimer(timeoutMs, () => answered(false));
  }

  answerShutdown(isAccepted: boolean): void {
    this.#toHost(() => this.#life.shutdownAnswered(isAccepted));
  }

  close(): void {
    this.#toHost(() => this.#life.drop());
    this.#isOver = true;
  }

  #execute(operation: Operation, report: (result: OperationResult) => void): void {
    const life = this.#life;
    life.operationCount += 1;
    const id = life.operationCount;
    if (operation.intervalMs === 0) life.unsettled.begun(id, operation.resourceId);
    life.agents.execute(operation, (result) => {
      if (life.provider !== this) return;
      this.#toClient(() => {
        this.#toHost(() => life.unsettled.noted(id));
        report(result);
      });
    });
  }

  #toHost(task: () => void): void {
    if (this.#isOver) return;
    this.#line.carry("toHost", () =>
      this.#life.clock.setTimer(REMOTE_LATENCY_MS, () => {
        if (this.#life.provider !== this) return;
        this.#life.unsettled.heard();
        task();
      }),
    );
  }

  #toClient(task: () => void): void {
    this.#line.carry("toClient", () =>
      this.client.clock.setTimer(REMOTE_LATENCY_MS, () => {
        if (!this.#isOver) task();
      }),
    );
  }
}

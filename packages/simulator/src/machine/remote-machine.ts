import { UnsettledOperations } from "@quorate/controller";
import type {
  Agents,
  Clock,
  Fencer,
  NodeId,
  Operation,
  OperationResult,
  RemoteAttempt,
  RemoteConnection,
  RemoteConnectionEvents,
  RemoteTarget,
} from "@quorate/ports";
import { MachineClock, ProcessClock } from "../time/virtual-clock.ts";
import { simulatedExecutor } from "./executor.ts";
import type { Services } from "./services.ts";

const LATENCY_MS = 2;

/** One life of the remote executor's daemon. */
interface Life {
  readonly clock: ProcessClock;
  readonly agents: Agents;
  readonly unsettled: UnsettledOperations;
  provider: Provider | null;
  hasServed: boolean;
  operationCount: number;
}

/** The other end of a connection: the daemon of a node of the cluster. */
interface Provider {
  readonly clock: Clock;
  readonly from: NodeId;
  tell(event: (events: RemoteConnectionEvents) => void): void;
}

/** A host that is no member of the cluster and serves it as a remote node. */
export class RemoteMachine {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly services: Services;
  readonly clock: MachineClock;
  isPowered = false;
  #life: Life | null = null;

  constructor(name: string, world: Clock, services: Services) {
    this.nodeId = services.nodeId;
    this.name = name;
    this.services = services;
    this.clock = new MachineClock(world);
  }

  start(): void {
    this.isPowered = true;
    const clock = new ProcessClock(this.clock);
    const agents = simulatedExecutor({
      services: this.services,
      clock,
      machineClock: this.clock,
      fencer: NO_FENCER,
      promotionScore: () => {},
    });
    const unsettled = new UnsettledOperations(clock);
    this.#life = { clock, agents, unsettled, provider: null, hasServed: false, operationCount: 0 };
  }

  losePower(): void {
    this.isPowered = false;
    this.#life?.clock.kill();
    this.#life = null;
    this.services.losePower();
    this.clock.thaw();
  }

  /** The daemon of that node ended: its kernel tells this host. A machine that loses its power tells nobody. */
  clientEnded(nodeId: NodeId): void {
    const life = this.#life;
    if (life?.provider?.from === nodeId) this.#drop(life);
  }

  connect(
    client: { readonly clock: Clock; readonly nodeId: NodeId },
    { node }: RemoteTarget,
    timeoutMs: number,
    done: (attempt: RemoteAttempt) => void,
  ): void {
    if (!this.isPowered || this.clock.isFrozen) {
      const reason = `${node} does not answer within ${timeoutMs} ms`;
      client.clock.setTimer(timeoutMs, () => done({ kind: "failed", reason }));
      return;
    }
    const life = this.#life!;
    life.clock.setTimer(LATENCY_MS, () => {
      if (life.provider !== null) {
        life.provider.tell((events) => events.lost("replaced", "another node has connected"));
        this.#drop(life);
      }
      const isKnown = life.hasServed;
      life.hasServed = true;
      const connection = new SimulatedConnection(life, client.clock);
      life.provider = { clock: client.clock, from: client.nodeId, tell: (event) => connection.tell(event) };
      connection.provider = life.provider;
      life.unsettled.heard();
      const host = { isKnown, unsettled: life.unsettled.take() };
      client.clock.setTimer(LATENCY_MS, () => done({ kind: "connected", connection, host }));
    });
  }

  #drop(life: Life): void {
    life.provider = null;
    life.agents.cancelAll();
    life.unsettled.forsaken();
  }
}

/** Calls go to the host and reports come back with a delay each; neither gets anywhere when its receiver is dead. */
class SimulatedConnection implements RemoteConnection {
  readonly agents: RemoteConnection["agents"];
  provider: Provider | null = null;
  readonly #life: Life;
  readonly #client: Clock;
  #events: RemoteConnectionEvents | null = null;
  #isOver = false;

  constructor(life: Life, client: Clock) {
    this.#life = life;
    this.#client = client;
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

  subscribe(events: RemoteConnectionEvents): void {
    this.#events = events;
  }

  tell(event: (events: RemoteConnectionEvents) => void): void {
    this.#toClient(() => {
      if (this.#events !== null) event(this.#events);
      this.#isOver = true;
    });
  }

  ping(timeoutMs: number, done: (isAlive: boolean) => void): void {
    let isDone = false;
    const answered = (isAlive: boolean) => {
      if (isDone) return;
      isDone = true;
      done(isAlive);
    };
    this.#toHost(() => this.#client.setTimer(LATENCY_MS, () => answered(true)));
    this.#client.setTimer(timeoutMs, () => answered(false));
  }

  answerShutdown(): void {}

  close(): void {
    this.#isOver = true;
    this.#life.clock.setTimer(LATENCY_MS, () => {
      if (this.#life.provider !== this.provider) return;
      this.#life.provider = null;
      this.#life.agents.cancelAll();
      this.#life.unsettled.forsaken();
    });
  }

  #execute(operation: Operation, report: (result: OperationResult) => void): void {
    const life = this.#life;
    life.operationCount += 1;
    const id = life.operationCount;
    if (operation.intervalMs === 0) life.unsettled.begun(id, operation.resourceId);
    life.agents.execute(operation, (result) => {
      if (life.provider !== this.provider) return;
      this.#toClient(() => {
        this.#toHost(() => life.unsettled.noted(id));
        report(result);
      });
    });
  }

  #toHost(task: () => void): void {
    if (this.#isOver) return;
    this.#life.clock.setTimer(LATENCY_MS, () => {
      if (this.#life.provider !== this.provider) return;
      this.#life.unsettled.heard();
      task();
    });
  }

  #toClient(task: () => void): void {
    this.#client.setTimer(LATENCY_MS, () => {
      if (!this.#isOver) task();
    });
  }
}

/** No fence device runs on a remote host. */
const NO_FENCER = {} as Fencer;

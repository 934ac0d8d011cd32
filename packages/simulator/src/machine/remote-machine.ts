import { UnsettledOperations } from "@quorate/controller";
import type { Agents, Clock, Fencer, NodeId, RemoteAttempt, RemoteTarget } from "@quorate/ports";
import { MachineClock, ProcessClock } from "../time/virtual-clock.ts";
import { simulatedExecutor } from "./executor.ts";
import { REMOTE_LATENCY_MS, type RemoteClient, SimulatedConnection } from "./remote-connection.ts";
import { RemoteLine } from "./remote-line.ts";
import type { Services } from "./services.ts";

/** How long the host waits for an answer to its wish to go down. */
const SHUTDOWN_ANSWER_MS_MAX = 30_000;

/** One life of the remote executor's daemon. */
export class RemoteLife {
  readonly clock: ProcessClock;
  readonly agents: Agents;
  readonly unsettled: UnsettledOperations;
  provider: SimulatedConnection | null = null;
  hasServed = false;
  operationCount = 0;
  readonly #ended: () => void;
  #isToEnd = false;

  constructor(
    clock: ProcessClock,
    agents: Agents,
    /** It ends in order. */
    ended: () => void,
  ) {
    this.clock = clock;
    this.agents = agents;
    this.unsettled = new UnsettledOperations(clock);
    this.#ended = ended;
  }

  accept(connection: SimulatedConnection): {
    readonly isKnown: boolean;
    readonly unsettled: readonly string[];
  } {
    if (this.provider !== null) {
      this.provider.tell((events) => events.lost("replaced", "another node has connected"));
      this.drop();
    }
    const isKnown = this.hasServed;
    this.hasServed = true;
    this.provider = connection;
    this.unsettled.heard();
    return { isKnown, unsettled: this.unsettled.tell() };
  }

  drop(): void {
    this.provider = null;
    this.agents.cancelAll();
    this.unsettled.forsaken();
    if (this.#isToEnd) this.#ended();
  }

  /** Asks the cluster to move what runs away, and waits for that if it says yes. */
  shutdown(): void {
    if (this.provider === null) {
      this.#ended();
      return;
    }
    this.provider.tell((events) => events.shutdownRequested());
    this.clock.setTimer(SHUTDOWN_ANSWER_MS_MAX, () => {
      if (!this.#isToEnd) this.#ended();
    });
  }

  shutdownAnswered(isAccepted: boolean): void {
    if (isAccepted) this.#isToEnd = true;
    else this.#ended();
  }
}

/** A host that is no member of the cluster and serves it as a remote node. */
export class RemoteMachine {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly services: Services;
  readonly clock: MachineClock;
  isPowered = false;
  /** How often its daemon was started. */
  lifeCount = 0;
  readonly #promotionScore: (via: NodeId, resource: string, score: number) => void;
  readonly #lines = new Map<NodeId, RemoteLine>();
  #life: RemoteLife | null = null;

  /** `promotionScore`: what an agent says on this host, as the node with the connection is told. */
  constructor(
    name: string,
    world: Clock,
    services: Services,
    promotionScore: (via: NodeId, resource: string, score: number) => void,
  ) {
    this.nodeId = services.nodeId;
    this.name = name;
    this.services = services;
    this.clock = new MachineClock(world);
    this.#promotionScore = promotionScore;
  }

  get hasDaemon(): boolean {
    return this.#life !== null;
  }

  /** The node whose requests are carried out here; null: nobody's. */
  get servedNode(): NodeId | null {
    return this.#life?.provider?.client.nodeId ?? null;
  }

  /** Does it serve the daemon that has this clock? What it took for a client may have died while it asked. */
  serves(clock: Clock): boolean {
    return this.#life?.provider?.client.clock === clock;
  }

  /** Power, and the daemon. */
  start(): void {
    this.isPowered = true;
    if (this.#life !== null) return;
    // What a former life of the daemon has left is ended before anybody is served.
    this.services.endAgents();
    const clock = new ProcessClock(this.clock);
    const agents = simulatedExecutor({
      services: this.services,
      clock,
      machineClock: this.clock,
      fencer: NO_FENCER,
      promotionScore: (resource, score) => {
        const via = this.servedNode;
        if (via !== null && !this.line(via).isCut) this.#promotionScore(via, resource, score);
      },
    });
    const life = new RemoteLife(clock, agents, () => this.#endDaemon(life));
    this.#life = life;
    this.lifeCount += 1;
  }

  losePower(): void {
    this.isPowered = false;
    this.#life?.clock.kill();
    this.#life = null;
    this.services.losePower();
    this.clock.thaw();
  }

  /** Services and running agents go on; the kernel tells whoever is connected. */
  killDaemon(): void {
    if (this.#life !== null) this.#endDaemon(this.#life);
  }

  /** As `systemctl stop` does. */
  shutdown(): void {
    const life = this.#life;
    life?.clock.setTimer(0, () => life.shutdown());
  }

  line(nodeId: NodeId): RemoteLine {
    const known = this.#lines.get(nodeId);
    if (known !== undefined) return known;
    const line = new RemoteLine();
    this.#lines.set(nodeId, line);
    return line;
  }

  mendLines(): void {
    for (const line of this.#lines.values()) line.mend();
  }

  /** The daemon of that node ended: its kernel tells this host. */
  clientEnded(nodeId: NodeId): void {
    const life = this.#life;
    if (life === null) return;
    this.line(nodeId).carry("toHost", () =>
      life.clock.setTimer(REMOTE_LATENCY_MS, () => {
        if (life.provider?.client.nodeId === nodeId) life.drop();
      }),
    );
  }

  connect(
    client: RemoteClient,
    { node }: RemoteTarget,
    timeoutMs: number,
    done: (attempt: RemoteAttempt) => void,
  ): void {
    const line = this.line(client.nodeId);
    const life = this.#life;
    const silent = { kind: "failed", reason: `${node} does not answer within ${timeoutMs} ms` } as const;
    if (!this.isPowered || this.clock.isFrozen || line.isCut) {
      client.clock.setTimer(timeoutMs, () => done(silent));
      return;
    }
    if (life === null) {
      const reason = `nobody listens on ${node}`;
      client.clock.setTimer(2 * REMOTE_LATENCY_MS, () => done({ kind: "failed", reason }));
      return;
    }
    const connection = new SimulatedConnection(life, client, line);
    const timer = client.clock.setTimer(timeoutMs, () => {
      connection.close();
      done(silent);
    });
    line.carry("toHost", () =>
      life.clock.setTimer(REMOTE_LATENCY_MS, () => {
        const host = life.accept(connection);
        connection.greet(() => {
          timer.cancel();
          done({ kind: "connected", connection, host });
        });
      }),
    );
  }

  #endDaemon(life: RemoteLife): void {
    life.provider?.tell((events) => events.lost("broken", "the host closed the connection"));
    life.clock.kill();
    if (this.#life === life) this.#life = null;
  }
}

/** No fence device runs on a remote host. */
const NO_FENCER = {} as Fencer;

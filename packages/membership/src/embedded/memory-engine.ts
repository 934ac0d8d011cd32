import type {
  Clock,
  Engine,
  EngineEvents,
  EngineResult,
  EngineStatus,
  NodeId,
  NodeListEntry,
  QuorumStatus,
  Timer,
} from "@quorate/ports";
import type { ClientEvent, Connection, HubClient } from "./client.ts";
import type { Hub } from "./hub.ts";

/**
 * The engine of one client in the process of the hub: for simulations and tests, under any clock. `kill` is what
 * a simulation calls for the death of the client's process. Usable once; connect anew with a new one.
 */
export class MemoryEngine implements Engine {
  readonly #hub: Hub;
  readonly #nodeId: NodeId;
  readonly #clock: Clock;
  #client: HubClient | null = null;
  #connection: Connection | null = null;
  #events: EngineEvents | null = null;
  #status: EngineStatus = "connecting";
  #inbox: ClientEvent[] = [];
  #timer: Timer | null = null;

  constructor(hub: Hub, nodeId: NodeId, clock: Clock) {
    this.#hub = hub;
    this.#nodeId = nodeId;
    this.#clock = clock;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  get localNodeId(): NodeId {
    return this.#nodeId;
  }

  get clusterName(): string {
    return this.#connection?.clusterName ?? "";
  }

  get nodeList(): readonly NodeListEntry[] {
    return this.#connection?.nodeList ?? [];
  }

  get messageSizeMax(): number {
    return this.#connection?.messageSizeMax ?? 0;
  }

  connect(events: EngineEvents): void {
    if (this.#events !== null) throw new Error("an engine connects once");
    this.#events = events;
    this.#client = this.#hub.connect(this.#nodeId, {
      event: (event) => this.#receive(event),
      resumed: () => this.#schedule(),
    });
    if (this.#client === null)
      this.#receive({ kind: "lost", reason: `the engine of node ${this.#nodeId} does not run` });
  }

  join(group: string): EngineResult {
    return this.#withClient((client) => client.join(group));
  }

  leave(): EngineResult {
    return this.#withClient((client) => client.leave());
  }

  multicast(message: Uint8Array): EngineResult {
    return this.#withClient((client) => client.multicast(message));
  }

  quorumStatus(): QuorumStatus | null {
    return this.#status === "connected" ? (this.#client?.quorumStatus() ?? null) : null;
  }

  setExpectedVotes(votes: number): EngineResult {
    return this.#withClient((client) => client.setExpectedVotes(votes));
  }

  close(): void {
    this.#status = "lost";
    this.#inbox = [];
    this.#timer?.cancel();
    this.#client?.close();
  }

  #withClient(call: (client: HubClient) => EngineResult): EngineResult {
    switch (this.#status) {
      case "connecting":
        return "tryAgain";
      case "connected":
        return call(this.#client!);
      case "lost":
        return "lost";
    }
  }

  #receive(event: ClientEvent): void {
    if (event.kind === "status") return;
    this.#inbox.push(event);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#inbox.length === 0) return;
    this.#timer = this.#clock.setTimer(0, () => {
      this.#timer = null;
      this.#handOut();
    });
  }

  /** An exception of the receiver goes up to the clock; the rest of the inbox is handed out in the next round. */
  #handOut(): void {
    try {
      while (this.#inbox.length > 0 && this.#status !== "lost" && this.#client?.isNodePaused !== true)
        this.#dispatch(this.#inbox.shift()!, this.#events!);
    } finally {
      if (this.#status !== "lost" && this.#client?.isNodePaused !== true) this.#schedule();
    }
  }

  #dispatch(event: ClientEvent, events: EngineEvents): void {
    switch (event.kind) {
      case "connected":
        this.#connection = event.connection;
        this.#status = "connected";
        events.connected();
        return;
      case "delivered":
        events.delivered(event.from, event.message);
        return;
      case "configuration":
        events.configurationChanged(event.change);
        return;
      case "ring":
        events.ringChanged(event.ring, event.nodes);
        return;
      case "quorum":
        events.quorumChanged(event.update);
        return;
      case "status":
        return;
      case "lost":
        this.#status = "lost";
        events.lost(event.reason);
        return;
    }
  }
}

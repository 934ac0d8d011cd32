import type {
  ConfigurationChange,
  EngineEvents,
  NodeId,
  ProcessId,
  QuorumUpdate,
  Ring,
} from "@quorate/ports";

export type HistoryEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "delivered"; readonly from: ProcessId; readonly client: number; readonly number: number }
  | { readonly kind: "configuration"; readonly change: ConfigurationChange }
  | { readonly kind: "ring"; readonly ring: Ring; readonly nodes: readonly NodeId[] }
  | { readonly kind: "quorum"; readonly update: QuorumUpdate }
  | { readonly kind: "lost" };

/** What one client did and was told. */
export class History {
  readonly client: number;
  readonly node: NodeId;
  readonly events: HistoryEvent[] = [];
  /** Messages that the engine took; their numbers are 1, 2, ... */
  acceptedCount = 0;
  joinCount = 0;
  leaveCount = 0;
  isKilled = false;
  /** Connected when all was healed; then it must have got everything. */
  isSurvivor = false;
  waitingCount = 0;
  /** Deliveries whose bytes were not those of the sender. */
  readonly damaged: string[] = [];

  constructor(client: number, node: NodeId) {
    this.client = client;
    this.node = node;
  }

  /** Content that tells the client, the number and the length, so that damage is seen. */
  message(number: number, bytes: number): Uint8Array {
    return new TextEncoder().encode(`${this.client} ${number} ${bytes} ${"x".repeat(bytes)}`);
  }

  accepted(what: "join" | "leave" | "message"): void {
    if (what === "join") this.joinCount += 1;
    else if (what === "leave") this.leaveCount += 1;
    else this.acceptedCount += 1;
  }

  killed(): void {
    this.isKilled = true;
  }

  survived(): void {
    this.isSurvivor = !this.isKilled;
  }

  finish(waitingCount: number): void {
    this.waitingCount = waitingCount;
  }

  /** @param ready the engine may take what it refused before */
  recorder(ready: () => void): EngineEvents {
    return {
      connected: () => {
        this.events.push({ kind: "connected" });
        ready();
      },
      delivered: (from, message) => {
        const text = new TextDecoder().decode(message);
        const [client, number, bytes, filling] = text.split(" ");
        if (filling?.length !== Number(bytes)) this.damaged.push(text);
        this.events.push({ kind: "delivered", from, client: Number(client), number: Number(number) });
      },
      configurationChanged: (change) => void this.events.push({ kind: "configuration", change }),
      ringChanged: (ring, nodes) => void this.events.push({ kind: "ring", ring, nodes }),
      quorumChanged: (update) => void this.events.push({ kind: "quorum", update }),
      lost: () => void this.events.push({ kind: "lost" }),
    };
  }
}

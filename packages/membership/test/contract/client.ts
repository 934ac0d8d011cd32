import type { Engine, NodeId } from "@quorate/ports";
import { History } from "./history.ts";

/** A program on one node that uses an engine as a schedule tells it, and remembers what it did and was told. */
export interface ContractClient {
  readonly history: History;
  readonly isConnected: boolean;
  /** Puts messages into its queue and sends what the engine takes. */
  send(count: number, bytes: number): void;
  /** Only with an empty queue: what was sent before a leave is sent. */
  leave(): void;
  rejoin(): void;
  /** Repeats what the engine refused. */
  retry(): void;
  /** Ends as the death of its process does. */
  kill(): void;
  /** The history is complete after it. */
  finish(): Promise<void>;
}

const GROUP = "g";

/** A client in this process. */
export class LocalClient implements ContractClient {
  readonly history: History;
  readonly #engine: Engine;
  readonly #killEngine: () => void;
  /** Messages that wait because the engine said `tryAgain`. */
  readonly #waiting: Uint8Array[] = [];
  #sent = 0;
  #wantsGroup = true;

  /** @param number of the client, counting from 0 in its schedule */
  constructor(engine: Engine, number: number, node: NodeId, kill: () => void) {
    this.#engine = engine;
    this.#killEngine = kill;
    this.history = new History(number, node);
    engine.connect(this.history.recorder(() => this.retry()));
  }

  get isConnected(): boolean {
    return this.#engine.status === "connected";
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  retry(): void {
    if (!this.isConnected) return;
    if (this.#wantsGroup && this.#engine.join(GROUP) === "ok") this.history.accepted("join");
    while (this.#waiting.length > 0) {
      if (this.#engine.multicast(this.#waiting[0]!) !== "ok") return;
      this.#waiting.shift();
      this.history.accepted("message");
    }
  }

  send(count: number, bytes: number): void {
    if (!this.#wantsGroup) return;
    for (let index = 0; index < count; index++) this.#waiting.push(this.history.message(++this.#sent, bytes));
    this.retry();
  }

  leave(): void {
    if (!this.#wantsGroup || this.#waiting.length > 0 || this.#engine.leave() !== "ok") return;
    this.#wantsGroup = false;
    this.history.accepted("leave");
  }

  rejoin(): void {
    this.#wantsGroup = true;
    this.retry();
  }

  kill(): void {
    this.history.killed();
    this.#killEngine();
  }

  async finish(): Promise<void> {
    this.history.finish(this.#waiting.length);
  }
}

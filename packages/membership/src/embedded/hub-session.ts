import type { Socket } from "node:net";
import type { Clock, EngineResult, Log, NodeListEntry, Timer } from "@quorate/ports";
import { isSameMac, sessionMac } from "./authentication.ts";
import type { ClientEvent, HubClient } from "./client.ts";
import type { Hub } from "./hub.ts";
import { Liveness, type LivenessTiming } from "./liveness.ts";
import type { EngineLimits } from "./node.ts";
import {
  encodeWireFrame,
  FrameReader,
  FrameType,
  MAC_BYTES,
  NONCE_BYTES,
  OPENING_FRAME_BYTES_MAX,
  WIRE_VERSION,
  type WireFrame,
} from "./wire.ts";

interface SessionContext {
  readonly hub: Hub;
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  readonly nonce: Uint8Array;
  readonly liveness: LivenessTiming;
  readonly outputBytesMax: number;
  readonly isEngineOfClient: boolean;
  readonly limits: EngineLimits;
  ended(): void;
}

/** How long a connection may take to say who it is. */
const OPENING_MS = 3000;
/** Pause after the engine refused a request that it will take later. */
const RETRY_MS = 2;

/** One connection to the hub, from `hello` to its end. */
export class HubSession {
  readonly #socket: Socket;
  readonly #context: SessionContext;
  readonly #reader = new FrameReader(OPENING_FRAME_BYTES_MAX);
  readonly #peer: string;
  #node: NodeListEntry | null = null;
  #client: HubClient | null = null;
  #liveness: Liveness | null = null;
  #openingTimer: Timer | null;
  /** Requests that the engine did not take yet, in order. */
  #pending: (() => EngineResult)[] = [];
  #pendingBytes = 0;
  #retry: Timer | null = null;
  #isEnded = false;
  #hasLeft = false;

  constructor(socket: Socket, context: SessionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#peer = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#cutOff(`connection failed: ${error.message}`));
    socket.on("close", () => this.#closed());
    this.#openingTimer = context.clock.setTimer(OPENING_MS, () =>
      this.#cutOff(`it did not say who it is within ${OPENING_MS} ms`),
    );
    const version = Buffer.alloc(2);
    version.writeUInt16BE(WIRE_VERSION);
    this.#send(FrameType.hello, version, context.nonce);
  }

  /** The other side has proved that it has the key. */
  get isOpen(): boolean {
    return this.#client !== null;
  }

  /** Sends what is on its way, then closes. */
  end(): void {
    if (this.#isEnded) return;
    this.#finish();
    this.#socket.end();
    // Who does not close in turn is cut off.
    this.#context.clock.setTimer(200, () => this.#socket.destroy());
  }

  #read(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#liveness?.sign();
    this.#reader.push(chunk);
    while (!this.#isEnded) {
      const frame = this.#reader.next();
      if (frame === null) return;
      if ("problem" in frame) {
        this.#cutOff(`it sent ${frame.problem}`);
        return;
      }
      if (this.#client === null) this.#open(frame);
      else this.#request(frame, this.#client);
    }
  }

  #open(frame: WireFrame): void {
    const { hub, key, nonce, limits, liveness, clock } = this.#context;
    const { content } = frame;
    const nameLength = content.length - 2 - NONCE_BYTES - MAC_BYTES;
    if (frame.type !== FrameType.proof || nameLength < 1) {
      this.#cutOff("it did not speak the protocol of the hub");
      return;
    }
    const version = content.readUInt16BE(0);
    if (version !== WIRE_VERSION) {
      this.#refuse(`it speaks version ${version} of the protocol, this hub speaks ${WIRE_VERSION}`);
      return;
    }
    const clientNonce = content.subarray(2, 2 + NONCE_BYTES);
    const mac = content.subarray(2 + NONCE_BYTES, 2 + NONCE_BYTES + MAC_BYTES);
    const nodeName = content.subarray(2 + NONCE_BYTES + MAC_BYTES).toString("utf8");
    const session = { nodeName, hubNonce: nonce, clientNonce };
    if (!isSameMac(mac, sessionMac(key, "client", session))) {
      this.#refuse("its key is not the key of this hub");
      return;
    }
    const node = hub.nodeList.find((entry) => entry.name.toLowerCase() === nodeName.toLowerCase());
    if (node === undefined) {
      this.#refuse(`node ${JSON.stringify(nodeName)} is not in the node list`);
      return;
    }
    this.#send(FrameType.welcome, sessionMac(key, "hub", session));
    this.#openingTimer?.cancel();
    this.#openingTimer = null;
    // 64 bytes for what goes around a message.
    this.#reader.frameBytesMax = limits.messageSizeMax + 64;
    this.#node = node;
    hub.startNode(node.nodeId);
    this.#client = hub.connect(node.nodeId, {
      event: (event) => this.#forward(event),
      resumed: () => {},
    });
    if (this.#client === null) {
      this.#forward({ kind: "lost", reason: "the hub is closing" });
      return;
    }
    this.#liveness = new Liveness(clock, liveness, {
      ping: () => this.#send(FrameType.ping),
      silent: () => this.#fellSilent(),
    });
  }

  #request(frame: WireFrame, client: HubClient): void {
    const { content } = frame;
    switch (frame.type) {
      case FrameType.ping:
        return;
      case FrameType.join:
        this.#perform(0, () => client.join(content.toString("utf8")));
        return;
      case FrameType.leave:
        this.#hasLeft = true;
        this.#perform(0, () => client.leave());
        return;
      case FrameType.multicast:
        this.#perform(content.length, () => client.multicast(content));
        return;
      case FrameType.setExpectedVotes:
        if (content.length === 4) {
          this.#perform(0, () => client.setExpectedVotes(content.readUInt32BE(0)));
          return;
        }
        break;
    }
    this.#cutOff(`it sent a frame of unknown type ${frame.type} or wrong form`);
  }

  /** Performs requests in order; those that the engine does not take now are tried again. */
  #perform(byteCount: number, call: () => EngineResult): void {
    const { backlogBytesMax, backlogCountMax } = this.#context.limits;
    if (this.#pending.length === 0) {
      const result = call();
      if (result !== "tryAgain") {
        this.#note(result);
        return;
      }
    }
    // The client keeps to these bounds by itself, so twice as much can only come from a broken one.
    if (this.#pending.length > 2 * backlogCountMax || this.#pendingBytes > 2 * backlogBytesMax) {
      this.#cutOff("it sends more than the engine takes and does not wait");
      return;
    }
    this.#pendingBytes += byteCount;
    this.#pending.push(() => {
      const result = call();
      if (result !== "tryAgain") this.#pendingBytes -= byteCount;
      return result;
    });
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retry ??= this.#context.clock.setTimer(RETRY_MS, () => {
      this.#retry = null;
      while (this.#pending.length > 0 && !this.#isEnded) {
        const result = this.#pending[0]!();
        if (result === "tryAgain") {
          this.#retryLater();
          return;
        }
        this.#pending.shift();
        this.#note(result);
      }
    });
  }

  #note(result: EngineResult): void {
    if (result !== "ok")
      this.#context.log("info", `the engine refused a request of ${this.#name}: ${result}`);
  }

  #forward(event: ClientEvent): void {
    if (event.kind === "delivered") {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(event.from.nodeId, 0);
      head.writeUInt32BE(event.from.pid, 4);
      this.#send(FrameType.delivered, head, event.message);
    } else this.#send(FrameType.event, Buffer.from(JSON.stringify(event), "utf8"));
    if (event.kind !== "lost") return;
    this.#client = null;
    this.end();
  }

  #send(type: number, ...parts: readonly Uint8Array[]): void {
    if (this.#isEnded || this.#socket.destroyed) return;
    this.#socket.write(encodeWireFrame(type, ...parts));
    if (this.#socket.writableLength <= this.#context.outputBytesMax) return;
    // Called from within the hub, which must not be called back.
    this.#context.clock.setTimer(0, () =>
      this.#cutOff(`it reads too slowly: ${this.#socket.writableLength} bytes wait for it`),
    );
  }

  #fellSilent(): void {
    const reason = `its daemon gave no sign of life for ${this.#context.liveness.silenceMs} ms`;
    this.#context.log("warning", `hub: killed the engine of ${this.#name}: ${reason}`);
    this.#context.hub.killNode(this.#node!.nodeId, reason);
  }

  #refuse(reason: string): void {
    this.#send(FrameType.refused, Buffer.from(reason, "utf8"));
    this.#context.log("warning", `hub: refused ${this.#name}: ${reason}`);
    this.end();
  }

  #cutOff(reason: string): void {
    if (this.#isEnded) return;
    this.#context.log("warning", `hub: closed the connection of ${this.#name}: ${reason}`);
    this.#finish();
    this.#socket.destroy();
  }

  #closed(): void {
    if (this.#isEnded) return;
    if (this.#client !== null) this.#context.log("info", `hub: ${this.#name} closed its connection`);
    this.#finish();
  }

  #finish(): void {
    this.#isEnded = true;
    this.#openingTimer?.cancel();
    this.#liveness?.stop();
    this.#retry?.cancel();
    this.#pending = [];
    this.#endClient();
    this.#context.ended();
  }

  #endClient(): void {
    const { hub, clock, isEngineOfClient } = this.#context;
    const client = this.#client;
    if (client === null || this.#node === null) return;
    const { nodeId } = this.#node;
    this.#client = null;
    if (!isEngineOfClient) client.close();
    // Nobody is left to tell that the process is gone: the others find out that the node is.
    else if (!this.#hasLeft) hub.killNode(nodeId, "its daemon vanished");
    else {
      client.close();
      // What it sent before it left goes its way first.
      clock.setTimer(0, () => hub.stopNode(nodeId, "its daemon left"));
    }
  }

  get #name(): string {
    return this.#node === null ? this.#peer : `node ${this.#node.name} (${this.#peer})`;
  }
}

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import type {
  Clock,
  Engine,
  EngineEvents,
  EngineResult,
  EngineStatus,
  Log,
  NodeId,
  NodeListEntry,
  QuorumStatus,
  Timer,
} from "@quorate/ports";
import { assertKey, isSameMac, sessionMac } from "./authentication.ts";
import type { ClientEvent, Connection, MembershipState } from "./client.ts";
import { LIVENESS_TIMING, Liveness, type LivenessTiming } from "./liveness.ts";
import { ENGINE_LIMITS } from "./node.ts";
import {
  encodeWireFrame,
  FrameReader,
  FrameType,
  NONCE_BYTES,
  OPENING_FRAME_BYTES_MAX,
  WIRE_VERSION,
  type WireFrame,
} from "./wire.ts";

export interface HubEngineOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  readonly key: Uint8Array;
  /** This node's name in the hub's node list. */
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly liveness?: LivenessTiming;
}

/** From the call of `connect` to `connected`: the hub accepts, the node's engine starts. */
const CONNECT_MS = 10_000;

/** The engine of a daemon whose hub is another process. Usable once; connect anew with a new one. */
export class HubEngine implements Engine {
  readonly #options: HubEngineOptions;
  readonly #reader = new FrameReader(OPENING_FRAME_BYTES_MAX);
  readonly #nonce = randomBytes(NONCE_BYTES);
  #hubNonce: Buffer | null = null;
  #socket: Socket | null = null;
  #events: EngineEvents | null = null;
  #status: EngineStatus = "connecting";
  #isWelcome = false;
  #connection: Connection | null = null;
  #quorum: QuorumStatus | null = null;
  #liveness: Liveness | null = null;
  #connectTimer: Timer | null = null;
  #membership: MembershipState = "none";
  /** Sizes of own messages that are on their way, in order. */
  #underWay: number[] = [];
  #bytesUnderWay = 0;

  constructor(options: HubEngineOptions) {
    assertKey(options.key);
    this.#options = options;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  get localNodeId(): NodeId {
    return this.#connection?.process.nodeId ?? 0;
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
    const host = this.#options.host ?? "127.0.0.1";
    const { port, clock } = this.#options;
    const socket = connect({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.#liveness?.sign();
      this.#reader.push(chunk);
      this.#read();
    });
    socket.on("error", (error) => this.#lose(`hub at ${host}:${port}: ${error.message}`));
    socket.on("close", () => this.#lose(`hub at ${host}:${port} closed the connection`));
    this.#connectTimer = clock.setTimer(CONNECT_MS, () =>
      this.#lose(`hub at ${host}:${port} was not ready within ${CONNECT_MS} ms`),
    );
  }

  join(group: string): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (this.#membership === "leaving") return "tryAgain";
    if (this.#membership !== "none") return "alreadyJoined";
    this.#membership = "joining";
    this.#send(FrameType.join, Buffer.from(group, "utf8"));
    return "ok";
  }

  leave(): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (this.#membership === "none" || this.#membership === "leaving") return "notJoined";
    this.#membership = "leaving";
    this.#send(FrameType.leave);
    return "ok";
  }

  multicast(message: Uint8Array): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (this.#membership === "none" || this.#membership === "leaving") return "notJoined";
    if (message.length > this.messageSizeMax) return "tooBig";
    if (
      this.#underWay.length >= ENGINE_LIMITS.backlogCountMax ||
      this.#bytesUnderWay >= ENGINE_LIMITS.backlogBytesMax
    )
      return "tryAgain";
    this.#underWay.push(message.length);
    this.#bytesUnderWay += message.length;
    this.#send(FrameType.multicast, message);
    return "ok";
  }

  quorumStatus(): QuorumStatus | null {
    return this.#status === "connected" ? this.#quorum : null;
  }

  /** Judged by the last status that the hub sent; the node's engine judges again. */
  setExpectedVotes(votes: number): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    const quorum = this.#quorum;
    if (quorum === null) return "tryAgain";
    if (!Number.isSafeInteger(votes) || votes < 1 || votes > 0xffffffff || votes < quorum.totalVotes)
      return "invalid";
    if (quorum.isQuorate && Math.floor((votes + 2) / 2) > quorum.totalVotes) return "invalid";
    const content = Buffer.alloc(4);
    content.writeUInt32BE(votes);
    this.#send(FrameType.setExpectedVotes, content);
    return "ok";
  }

  close(): void {
    if (this.#status === "lost") return;
    this.#end();
    this.#socket?.end();
  }

  #refusal(): EngineResult {
    return this.#status === "lost" ? "lost" : "tryAgain";
  }

  #send(type: number, ...parts: readonly Uint8Array[]): void {
    this.#socket?.write(encodeWireFrame(type, ...parts));
  }

  /** An exception of the receiver goes up; the frames behind it are read in the next round. */
  #read(): void {
    let isDone = false;
    try {
      while (this.#status !== "lost") {
        const frame = this.#reader.next();
        if (frame === null) break;
        if ("problem" in frame) {
          this.#lose(`the hub sent ${frame.problem}`);
          break;
        }
        this.#take(frame);
      }
      isDone = true;
    } finally {
      if (!isDone) this.#options.clock.setTimer(0, () => this.#read());
    }
  }

  #take(frame: WireFrame): void {
    const { content } = frame;
    switch (frame.type) {
      case FrameType.hello:
        if (this.#hubNonce === null && content.length === 2 + NONCE_BYTES) {
          this.#answer(content);
          return;
        }
        break;
      case FrameType.welcome:
        if (!this.#isWelcome && this.#hubNonce !== null) {
          this.#welcome(content, this.#hubNonce);
          return;
        }
        break;
      case FrameType.refused:
        if (!this.#isWelcome) {
          this.#lose(`the hub refused this node: ${content.toString("utf8")}`);
          return;
        }
        break;
      case FrameType.ping:
        if (this.#isWelcome) return;
        break;
      case FrameType.delivered:
        if (this.#isWelcome && content.length >= 8) {
          const from = { nodeId: content.readUInt32BE(0), pid: content.readUInt32BE(4) };
          this.#dispatch({ kind: "delivered", from, message: new Uint8Array(content.subarray(8)) });
          return;
        }
        break;
      case FrameType.event:
        if (this.#isWelcome) {
          // The hub has proved that it has the key, so its events are taken as they are.
          this.#dispatch(JSON.parse(content.toString("utf8")) as ClientEvent);
          return;
        }
        break;
    }
    this.#lose(`the hub sent a frame of type ${frame.type} out of place`);
  }

  #answer(content: Buffer): void {
    const version = content.readUInt16BE(0);
    if (version !== WIRE_VERSION) {
      this.#lose(`the hub speaks version ${version} of the protocol, this node speaks ${WIRE_VERSION}`);
      return;
    }
    const hubNonce = Buffer.from(content.subarray(2));
    this.#hubNonce = hubNonce;
    const { key, nodeName } = this.#options;
    const mac = sessionMac(key, "client", { nodeName, hubNonce, clientNonce: this.#nonce });
    const versionBytes = Buffer.alloc(2);
    versionBytes.writeUInt16BE(WIRE_VERSION);
    this.#send(FrameType.proof, versionBytes, this.#nonce, mac, Buffer.from(nodeName, "utf8"));
  }

  #welcome(mac: Buffer, hubNonce: Buffer): void {
    const { key, nodeName, clock, liveness } = this.#options;
    if (!isSameMac(mac, sessionMac(key, "hub", { nodeName, hubNonce, clientNonce: this.#nonce }))) {
      this.#lose("the hub does not have the key of this node: it is not the hub of this cluster");
      return;
    }
    this.#isWelcome = true;
    // Events list processes, at most a few hundred bytes each.
    this.#reader.frameBytesMax = 2 * ENGINE_LIMITS.messageSizeMax;
    const timing = liveness ?? LIVENESS_TIMING;
    this.#liveness = new Liveness(clock, timing, {
      ping: () => this.#send(FrameType.ping),
      silent: () => this.#lose(`the hub gave no sign of life for ${timing.silenceMs} ms`),
    });
  }

  #dispatch(event: ClientEvent): void {
    const events = this.#events!;
    switch (event.kind) {
      case "connected":
        this.#connectTimer?.cancel();
        this.#connection = event.connection;
        this.#status = "connected";
        events.connected();
        return;
      case "delivered":
        if (this.#isOwn(event.from)) this.#bytesUnderWay -= this.#underWay.shift() ?? 0;
        events.delivered(event.from, event.message);
        return;
      case "configuration":
        if (event.change.left.some((process) => this.#isOwn(process))) this.#membership = "none";
        else if (
          this.#membership === "joining" &&
          event.change.joined.some((process) => this.#isOwn(process))
        )
          this.#membership = "joined";
        events.configurationChanged(event.change);
        return;
      case "ring":
        events.ringChanged(event.ring, event.nodes);
        return;
      case "quorum":
        events.quorumChanged(event.update);
        return;
      case "status":
        this.#quorum = event.status;
        return;
      case "lost":
        this.#lose(event.reason);
        return;
    }
  }

  #isOwn(process: { readonly nodeId: NodeId; readonly pid: number }): boolean {
    const own = this.#connection?.process;
    return own !== undefined && own.nodeId === process.nodeId && own.pid === process.pid;
  }

  #lose(reason: string): void {
    if (this.#status === "lost") return;
    this.#end();
    this.#socket?.destroy();
    this.#options.log("error", `lost the cluster engine: ${reason}`);
    this.#events?.lost(reason);
  }

  #end(): void {
    this.#status = "lost";
    this.#connectTimer?.cancel();
    this.#liveness?.stop();
  }
}

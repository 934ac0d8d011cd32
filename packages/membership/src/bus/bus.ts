import type {
  Channel,
  ChannelEvents,
  Clock,
  ConfigurationChange,
  Engine,
  JsonObject,
  Log,
  Member,
  MembershipView,
  NodeId,
  NodeListEntry,
  ProcessId,
  Timer,
} from "@quorate/ports";
import { Assembly } from "./assembly.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import { decodeFrame, Piece, unpack } from "./frame.ts";
import { Outbox } from "./outbox.ts";
import { ViewBuilder } from "./view.ts";

export interface BusLimits {
  /** Content of one engine message; smaller pieces let other senders in between sooner. */
  readonly pieceBytes: number;
  /** One message of a channel, at the receiver. */
  readonly messageBytesMax: number;
  /** Waiting to be sent; when it is more, the node cannot keep up and the bus is lost. */
  readonly waitingCountMax: number;
  readonly waitingBytesMax: number;
  /** Pause after the engine refused a message. */
  readonly retryMs: number;
  /** With so many messages of this node on their way the engine counts as loaded. */
  readonly loadedFrom: number;
  /** So many are on their way at once while it is; what is sent beyond waits, and goes together. */
  readonly onTheWayWhenLoaded: number;
  /** How long `stop` waits for messages on their way. */
  readonly stopMs: number;
}

export const BUS_LIMITS: BusLimits = {
  pieceBytes: 64 * 1024,
  messageBytesMax: 64 * 1024 * 1024,
  waitingCountMax: 50_000,
  waitingBytesMax: 128 * 1024 * 1024,
  retryMs: 10,
  loadedFrom: 32,
  onTheWayWhenLoaded: 4,
  stopMs: 5000,
};

export interface BusOptions {
  readonly engine: Engine;
  /** Name of the process group: the same on all nodes of the cluster. */
  readonly group: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: BusLimits;
}

export interface BusEvents {
  /** Names and ids are known; channels made and subscribed from here on miss nothing. The group is joined next. */
  connected(): void;
  /** As `ChannelEvents.lost`, which comes first. */
  lost(reason: string): void;
}

interface Subscription {
  readonly events: ChannelEvents;
  /** Subscribed while a view was in force: gets it before anything else. */
  needsView: boolean;
}

type Phase = "new" | "connecting" | "joining" | "joined" | "stopping" | "ended";

/**
 * Named channels for the daemon of one node over one group of an engine: one total order for all, JSON bodies,
 * messages of any size, coherent views of the membership at their place in the order. No I/O of its own.
 * Source: cluster layer, 3 and 4.
 */
export class Bus {
  readonly #options: BusOptions;
  readonly #engine: Engine;
  readonly #log: Log;
  readonly #assembly: Assembly;
  readonly #outbox: Outbox;
  readonly #subscriptions = new Map<string, Subscription>();
  #events: BusEvents | null = null;
  #phase: Phase = "new";
  #builder: ViewBuilder | null = null;
  #view: MembershipView | null = null;
  #self: ProcessId | null = null;
  /** Events that came before the view they follow was complete. */
  #held: (() => void)[] = [];
  /** Something for the next view has come. */
  #isViewStale = false;
  #timer: Timer | null = null;
  #stopped: (() => void) | null = null;

  constructor(options: BusOptions) {
    const { engine, clock, log, limits } = options;
    this.#options = options;
    this.#engine = engine;
    this.#log = log;
    this.#assembly = new Assembly(limits.messageBytesMax, log);
    this.#outbox = new Outbox(engine, {
      clock,
      log,
      limits: {
        pieceBytes: limits.pieceBytes,
        countMax: limits.waitingCountMax,
        bytesMax: limits.waitingBytesMax,
        retryMs: limits.retryMs,
        loadedFrom: limits.loadedFrom,
        onTheWayWhenLoaded: limits.onTheWayWhenLoaded,
      },
    });
  }

  /** Connects the engine and joins the group. Once. */
  start(events: BusEvents): void {
    if (this.#phase !== "new") throw new Error("a bus starts once");
    this.#phase = "connecting";
    this.#events = events;
    this.#engine.connect({
      connected: () => {
        this.#builder = new ViewBuilder(() => this.#engine.nodeList);
        events.connected();
        if (this.#phase === "connecting") this.#join();
      },
      delivered: (from, message) => this.#inOrder(true, () => this.#delivered(from, message)),
      configurationChanged: (change) => this.#inOrder(false, () => this.#configurationChanged(change)),
      ringChanged: (ring, nodes) =>
        this.#inOrder(false, () => {
          this.#builder?.ringChanged(ring, nodes);
          this.#isViewStale = true;
        }),
      quorumChanged: (update) => {
        this.#builder?.quorumChanged(update);
        this.#isViewStale = true;
        this.#proceed();
      },
      lost: (reason) => this.#lose(reason),
    });
  }

  /**
   * Sends what waits, leaves the group and ends the connection; `done` is called once this is so, or after
   * `stopMs`. Channels get nothing from now on.
   */
  stop(done: () => void): void {
    if (this.#phase === "ended" || this.#phase === "new" || this.#phase === "stopping") {
      this.#options.clock.setTimer(0, done);
      return;
    }
    this.#stopped = done;
    this.#timer?.cancel();
    const canLeave = this.#phase === "joined";
    this.#phase = "stopping";
    this.#timer = this.#options.clock.setTimer(canLeave ? this.#options.limits.stopMs : 0, () => this.#end());
    if (canLeave) this.#leaveWhenSent();
  }

  /** The channel of that name; the same on each call. */
  channel(name: string): Channel {
    const engine = this.#engine;
    return {
      get localNodeId(): NodeId {
        return engine.localNodeId;
      },
      get localName(): string {
        return engine.nodeList.find((entry) => entry.nodeId === engine.localNodeId)?.name ?? "";
      },
      get nodeList(): readonly NodeListEntry[] {
        return engine.nodeList;
      },
      get clusterName(): string {
        return engine.clusterName;
      },
      subscribe: (events) => this.#subscribe(name, events),
      send: (body, to) => this.#send(name, body, to ?? 0),
    };
  }

  #subscribe(name: string, events: ChannelEvents): void {
    if (this.#subscriptions.has(name)) throw new Error(`channel ${name} has a subscriber already`);
    const subscription = { events, needsView: this.#view !== null };
    this.#subscriptions.set(name, subscription);
    if (subscription.needsView) this.#options.clock.setTimer(0, () => this.#catchUp(subscription));
  }

  #catchUp(subscription: Subscription): void {
    if (!subscription.needsView || this.#view === null || this.#phase !== "joined") return;
    subscription.needsView = false;
    const view = this.#view;
    subscription.events.membership({
      ...view,
      joined: view.members.map((member) => ({ ...member, reason: "join" })),
      left: [],
    });
  }

  #send(channel: string, body: JsonObject, to: NodeId): void {
    if (this.#phase === "ended" || this.#phase === "stopping") return;
    if (!this.#outbox.push(encodeEnvelope({ channel, body }), to))
      this.#loseSoon("too many messages wait for the cluster layer: this node cannot keep up");
  }

  #join(): void {
    const result = this.#engine.join(this.#options.group);
    if (result === "ok") {
      this.#phase = "joining";
      return;
    }
    if (result === "lost") return;
    if (result !== "tryAgain") throw new Error(`the engine refused to join: ${result}`);
    this.#timer = this.#options.clock.setTimer(this.#options.limits.retryMs, () => this.#join());
  }

  #inOrder(isMessage: boolean, handle: () => void): void {
    if (this.#phase === "ended") return;
    if (this.#held.length > 0 || (isMessage && this.#builder?.isWaiting)) this.#held.push(handle);
    else {
      handle();
      this.#proceed();
    }
  }

  #proceed(): void {
    while (this.#phase !== "ended" && this.#builder !== null && !this.#builder.isWaiting) {
      if (this.#isViewStale) {
        this.#isViewStale = false;
        this.#publish(this.#builder.take());
        continue;
      }
      const next = this.#held.shift();
      if (next === undefined) return;
      next();
    }
  }

  #configurationChanged(change: ConfigurationChange): void {
    // The first event of this process is its own join.
    this.#self ??= change.joined.find((process) => process.nodeId === this.#engine.localNodeId) ?? null;
    this.#builder?.configurationChanged(change);
    if (this.#builder?.hasNews) this.#isViewStale = true;
    for (const process of change.left) this.#assembly.forget(keyOf(process));
    const hasJoined = change.joined.length > 0;
    if (hasJoined) this.#assembly.clear();
    this.#outbox.membersChanged(hasJoined);
    if (this.#self !== null && !this.#builder?.isMember(this.#self)) {
      if (this.#phase === "stopping") this.#end();
      else this.#lose(`the local node was evicted from group ${this.#options.group}`);
    }
  }

  #publish(view: MembershipView): void {
    this.#view = view;
    if (this.#phase === "stopping") return;
    if (this.#phase === "joining") {
      this.#phase = "joined";
      this.#outbox.open();
    }
    for (const subscription of [...this.#subscriptions.values()]) {
      if (this.#phase !== "joined") return;
      if (subscription.needsView) this.#catchUp(subscription);
      else subscription.events.membership(view);
    }
  }

  #delivered(from: ProcessId, bytes: Uint8Array): void {
    const member = this.#builder?.isMember(from) ? this.#builder.member(from.nodeId) : null;
    const decoded = decodeFrame(bytes);
    if (member === null || !decoded.ok) {
      const problem = decoded.ok ? "the process is not the node's daemon" : decoded.problem;
      this.#log("warning", `ignored a message of node ${from.nodeId} process ${from.pid}: ${problem}`);
      return;
    }
    const { frame } = decoded;
    if (this.#self !== null && keyOf(from) === keyOf(this.#self)) this.#outbox.frameSeen(frame);
    if (frame.piece !== Piece.several) {
      this.#received(member, frame.to, () => this.#assembly.add(keyOf(from), frame));
      return;
    }
    const messages = unpack(frame.content);
    if (messages === null) {
      this.#log("error", `ignored messages of ${member.name}: their lengths do not fit`);
      return;
    }
    // The answers to those that came together go together.
    this.#outbox.together(() => {
      for (const { to, content } of messages) this.#received(member, to, () => content);
    });
  }

  /** `assemble` gives the content of a message that is complete. */
  #received(member: Member, to: NodeId, assemble: () => Uint8Array | null): void {
    if (this.#phase !== "joined" || (to !== 0 && to !== this.#engine.localNodeId)) return;
    const content = assemble();
    if (content === null) return;
    const envelope = decodeEnvelope(content);
    if (!envelope.ok) {
      this.#log("error", `ignored a message of ${member.name}: ${envelope.problem}`);
      return;
    }
    const subscription = this.#subscriptions.get(envelope.channel);
    if (subscription === undefined) {
      this.#log("debug", `ignored a message of ${member.name} on channel ${envelope.channel}: no subscriber`);
      return;
    }
    this.#catchUp(subscription);
    subscription.events.message(member, envelope.body);
  }

  #leaveWhenSent(): void {
    this.#outbox.flush();
    if (!this.#outbox.isEmpty) {
      this.#retryLeave();
      return;
    }
    const result = this.#engine.leave();
    if (result === "tryAgain") this.#retryLeave();
  }

  /** Until the time limit of `stop`, which ends the phase. */
  #retryLeave(): void {
    this.#options.clock.setTimer(this.#options.limits.retryMs, () => {
      if (this.#phase === "stopping") this.#leaveWhenSent();
    });
  }

  /** Not from inside `send`, where the caller does not expect an event. */
  #loseSoon(reason: string): void {
    this.#log("critical", reason);
    this.#options.clock.setTimer(0, () => this.#lose(reason));
  }

  #lose(reason: string): void {
    if (this.#phase === "ended") return;
    const isStopping = this.#phase === "stopping";
    this.#end();
    if (isStopping) return;
    for (const subscription of this.#subscriptions.values()) subscription.events.lost(reason);
    this.#events?.lost(reason);
  }

  #end(): void {
    this.#phase = "ended";
    this.#timer?.cancel();
    this.#held = [];
    this.#outbox.close();
    this.#engine.close();
    this.#stopped?.();
  }
}

function keyOf(process: ProcessId): string {
  return `${process.nodeId}.${process.pid}`;
}

import type {
  Arrival,
  Clock,
  Departure,
  Log,
  NodeId,
  NodeListEntry,
  ProcessId,
  QuorumStatus,
  Random,
  Timer,
} from "@quorate/ports";
import type { QuorumSettings } from "../votequorum/configuration.ts";
import { type Reconfiguration, Votequorum } from "../votequorum/votequorum.ts";
import type { ClientEvent, ClientSink, Connection, HubClient, MembershipState } from "./client.ts";
import { compareProcesses, type Entry, type EntryContent, isSameProcess, sizeOf } from "./entry.ts";
import type { RingMember, SequencedRing } from "./ring.ts";
import { draw, type EngineTiming } from "./timing.ts";

export interface NodeContext {
  readonly clusterName: string;
  readonly nodeList: readonly NodeListEntry[];
  readonly quorum: QuorumSettings;
  readonly timing: EngineTiming;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: EngineLimits;
}

export interface EngineLimits {
  /** Bytes of one message; larger ones are refused with `tooBig`. */
  readonly messageSizeMax: number;
  /** Messages of one node that wait to be ordered; more are refused with `tryAgain`. */
  readonly backlogCountMax: number;
  readonly backlogBytesMax: number;
  /** For tests: share of calls, 0 to 1, that are refused with `tryAgain` at random. */
  readonly refusalShare: number;
}

export const ENGINE_LIMITS: EngineLimits = {
  messageSizeMax: 1_047_552,
  backlogCountMax: 1000,
  backlogBytesMax: 8 * 1024 * 1024,
  refusalShare: 0,
};

interface Client {
  readonly process: ProcessId;
  readonly sink: ClientSink;
  state: MembershipState;
  group: string;
  /** Its own join was delivered, its own leave was not. */
  isMember: boolean;
  /** It was told `connected`. */
  isConnected: boolean;
}

/** One life of the engine of one node, from its start to its end: what a Corosync daemon would be. */
export class EngineNode implements RingMember {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly votequorum: Votequorum;
  /** Null until the ring of one exists, and after the end. */
  ring: SequencedRing | null = null;
  isPaused = false;
  /** Its clients were told of a ring. */
  hasReported = false;
  isEnded = false;
  /** Largest ring sequence seen. */
  sequence: number;
  /** Nodes that went with this one through all rings since the last synchronised one, itself included. */
  companions: ReadonlySet<EngineNode>;
  readonly #context: NodeContext;
  readonly #clients = new Set<Client>();
  /** Processes of each group, sorted, as delivered to this node. */
  #groups = new Map<string, readonly ProcessId[]>();
  /** Accepted, not yet in the order of a ring; each with the time from which it may go there. */
  #outbox: { readonly entry: Entry; readonly dueMs: number }[] = [];
  #outboxBytes = 0;
  #flushTimer: Timer | null = null;

  constructor(entry: NodeListEntry, sequence: number, context: NodeContext) {
    this.nodeId = entry.nodeId;
    this.name = entry.name;
    this.sequence = sequence;
    this.companions = new Set([this]);
    this.#context = context;
    this.votequorum = new Votequorum(
      {
        nodeId: entry.nodeId,
        votes: entry.votes,
        settings: context.quorum,
        clock: context.clock,
        log: context.log,
      },
      {
        flipped: () => {
          for (const client of this.#clients) if (client.isMember) this.#tellQuorum(client);
        },
        numbersChanged: () => {
          const status = this.quorumStatus();
          if (status === null) return;
          for (const client of this.#clients)
            if (client.isConnected) client.sink.event({ kind: "status", status });
        },
      },
    );
  }

  /** Adds a client; it is told `connected` now or when the ring of one is there. */
  connect(pid: number, sink: ClientSink): HubClient {
    const client: Client = {
      process: { nodeId: this.nodeId, pid },
      sink,
      state: "none",
      group: "",
      isMember: false,
      isConnected: false,
    };
    this.#clients.add(client);
    if (this.ring?.isActive) this.#tellConnected(client);
    return this.#handleOf(client);
  }

  /** Nothing but `lost` comes to the clients afterwards; what waited to be sent is gone. */
  end(reason: string): void {
    this.isEnded = true;
    this.ring = null;
    this.votequorum.stop();
    this.#flushTimer?.cancel();
    this.#outbox = [];
    this.dropClients(reason);
  }

  /** Ends all connections; the group hears of it, as long as this node lives. */
  dropClients(reason: string): void {
    for (const client of [...this.#clients]) {
      this.#clients.delete(client);
      client.sink.event({ kind: "lost", reason });
      if (!this.isEnded) this.#announceDeath(client);
    }
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (!isPaused) for (const client of this.#clients) client.sink.resumed();
  }

  quorumStatus(): QuorumStatus | null {
    return this.ring === null ? null : this.votequorum.status(this.ring.id, this.#context.nodeList);
  }

  reconfigure(change: Reconfiguration): void {
    this.#submit({ kind: "reconfiguration", change });
  }

  deliver(entry: Entry): void {
    const { content } = entry;
    switch (content.kind) {
      case "message":
        this.#tellGroup(content.group, {
          kind: "delivered",
          from: content.process,
          message: content.message,
        });
        return;
      case "join":
        this.#admit(content.process, content.group);
        return;
      case "leave":
        this.#dismiss({ ...content.process, reason: "leave" }, content.group);
        return;
      case "gone":
        this.#dismiss({ ...content.process, reason: "processDown" }, content.group);
        return;
      case "reconfiguration":
        this.votequorum.apply(content.change);
        return;
    }
  }

  requeue(entries: readonly Entry[]): void {
    this.#outbox.unshift(...entries.map((entry) => ({ entry, dueMs: 0 })));
    for (const entry of entries) this.#outboxBytes += sizeOf(entry);
  }

  /** Processes of this node in each group. */
  localProcesses(): ReadonlyMap<string, readonly ProcessId[]> {
    const local = new Map<string, readonly ProcessId[]>();
    for (const [group, processes] of this.#groups) {
      const own = processes.filter((process) => process.nodeId === this.nodeId);
      if (own.length > 0) local.set(group, own);
    }
    return local;
  }

  /**
   * The synchronised ring begins. Clients that wait for the engine are told `connected`, the others: losses, gains, ring, quorum. A node that did not come all the way with this one is
   * reported lost first, so that those who share all events have shared all messages. Source: embedded engine, 4.
   */
  activateRing(processes: ReadonlyMap<string, readonly ProcessId[]>): void {
    this.hasReported = true;
    const before = this.#groups;
    const companionIds = new Set([...this.companions].map((node) => node.nodeId));
    this.#groups = new Map(processes);
    for (const group of new Set([...before.keys(), ...processes.keys()])) {
      const old = before.get(group) ?? [];
      const now = processes.get(group) ?? [];
      const left: Departure[] = [];
      const stayed: ProcessId[] = [];
      for (const process of old) {
        if (companionIds.has(process.nodeId)) stayed.push(process);
        else left.push({ ...process, reason: "nodeDown" });
      }
      const joined: Arrival[] = now
        .filter((process) => !stayed.some((other) => isSameProcess(other, process)))
        .map((process) => ({ ...process, reason: "nodeUp" }));
      if (left.length > 0)
        this.#tellGroup(group, {
          kind: "configuration",
          change: { members: stayed, left, joined: [] },
        });
      if (joined.length > 0)
        this.#tellGroup(group, { kind: "configuration", change: { members: now, left: [], joined } });
    }
    for (const client of this.#clients) {
      if (!client.isConnected) this.#tellConnected(client);
      if (!client.isMember) continue;
      this.#tellRing(client);
      this.#tellQuorum(client);
    }
  }

  flush(): void {
    while (this.#outbox.length > 0 && this.ring?.takesEntries) {
      const first = this.#outbox[0]!;
      const wait = first.dueMs - this.#context.clock.monotonicMs();
      if (wait > 0) {
        this.#flushTimer ??= this.#context.clock.setTimer(wait, () => {
          this.#flushTimer = null;
          this.flush();
        });
        return;
      }
      this.#outbox.shift();
      this.#outboxBytes -= sizeOf(first.entry);
      this.ring.append(first.entry);
    }
  }

  #submit(content: EntryContent): void {
    if (this.isEnded) return;
    const { clock, timing, random } = this.#context;
    const entry = { sender: this.nodeId, content };
    const dueMs = clock.monotonicMs() + draw(timing.latency, random);
    this.#outbox.push({ entry, dueMs: Math.max(dueMs, this.#outbox.at(-1)?.dueMs ?? 0) });
    this.#outboxBytes += sizeOf(entry);
    this.flush();
  }

  #handleOf(client: Client): HubClient {
    const node = this;
    const isGone = (): boolean => node.isEnded || !node.#clients.has(client);
    return {
      get isNodePaused(): boolean {
        return node.isPaused && !isGone();
      },
      join(group) {
        if (isGone()) return "lost";
        if (client.state === "leaving") return "tryAgain";
        if (client.state !== "none") return "alreadyJoined";
        if (node.#refuses()) return "tryAgain";
        client.state = "joining";
        client.group = group;
        node.#submit({ kind: "join", group, process: client.process });
        return "ok";
      },
      leave() {
        if (isGone()) return "lost";
        if (client.state === "none" || client.state === "leaving") return "notJoined";
        if (node.#refuses()) return "tryAgain";
        client.state = "leaving";
        node.#submit({ kind: "leave", group: client.group, process: client.process });
        return "ok";
      },
      multicast(message) {
        if (isGone()) return "lost";
        if (client.state === "none" || client.state === "leaving") return "notJoined";
        if (message.length > node.#context.limits.messageSizeMax) return "tooBig";
        if (node.#refuses() || node.#isBacklogFull()) return "tryAgain";
        node.#submit({
          kind: "message",
          group: client.group,
          process: client.process,
          message: message.slice(),
        });
        return "ok";
      },
      quorumStatus: () => (isGone() ? null : node.quorumStatus()),
      setExpectedVotes(votes) {
        if (isGone()) return "lost";
        if (node.#refuses()) return "tryAgain";
        if (!node.votequorum.acceptsExpectedVotes(votes)) return "invalid";
        node.reconfigure({ kind: "expectedVotes", votes });
        return "ok";
      },
      close() {
        if (!node.#clients.delete(client)) return;
        node.#announceDeath(client);
      },
    };
  }

  /** While the new ring synchronises, and at random when a test wishes so. */
  #refuses(): boolean {
    const { limits, random } = this.#context;
    if (this.ring === null || !this.ring.isActive) return true;
    return limits.refusalShare > 0 && random.uint32() / 2 ** 32 < limits.refusalShare;
  }

  #isBacklogFull(): boolean {
    const { backlogCountMax, backlogBytesMax } = this.#context.limits;
    return this.#outbox.length >= backlogCountMax || this.#outboxBytes >= backlogBytesMax;
  }

  #announceDeath(client: Client): void {
    if (client.state === "none") return;
    const { clock, timing, random } = this.#context;
    const tell = (): void => this.#submit({ kind: "gone", group: client.group, process: client.process });
    const delayMs = draw(timing.clientDeath, random);
    if (delayMs > 0) clock.setTimer(delayMs, tell);
    else tell();
  }

  #admit(process: ProcessId, group: string): void {
    const members = [...(this.#groups.get(group) ?? []), process].sort(compareProcesses);
    this.#groups.set(group, members);
    const local = [...this.#clients].find((client) => isSameProcess(client.process, process));
    if (local !== undefined) {
      local.isMember = true;
      if (local.state === "joining") local.state = "joined";
    }
    this.#tellGroup(group, {
      kind: "configuration",
      change: { members, left: [], joined: [{ ...process, reason: "join" }] },
    });
    if (local !== undefined) {
      this.#tellRing(local);
      this.#tellQuorum(local);
    }
  }

  #dismiss(departure: Departure, group: string): void {
    const before = this.#groups.get(group) ?? [];
    const members = before.filter((member) => !isSameProcess(member, departure));
    if (members.length === before.length) return;
    if (members.length === 0) this.#groups.delete(group);
    else this.#groups.set(group, members);
    this.#tellGroup(group, { kind: "configuration", change: { members, left: [departure], joined: [] } });
    for (const client of this.#clients)
      if (isSameProcess(client.process, departure)) {
        client.isMember = false;
        client.state = "none";
        client.group = "";
      }
  }

  #tellGroup(group: string, event: ClientEvent): void {
    for (const client of this.#clients)
      if (client.isMember && client.group === group) client.sink.event(event);
  }

  #tellConnected(client: Client): void {
    client.isConnected = true;
    const connection: Connection = {
      process: client.process,
      clusterName: this.#context.clusterName,
      nodeList: this.#context.nodeList,
      messageSizeMax: this.#context.limits.messageSizeMax,
    };
    client.sink.event({ kind: "connected", connection });
    const status = this.quorumStatus();
    if (status !== null) client.sink.event({ kind: "status", status });
  }

  #tellRing(client: Client): void {
    if (this.ring === null) return;
    client.sink.event({ kind: "ring", ring: this.ring.id, nodes: this.#ringNodes() });
  }

  #tellQuorum(client: Client): void {
    if (this.ring === null) return;
    client.sink.event({
      kind: "quorum",
      update: {
        isQuorate: this.votequorum.isQuorate,
        ring: this.ring.id,
        nodes: this.#ringNodes(),
      },
    });
  }

  #ringNodes(): NodeId[] {
    return this.ring === null ? [] : this.ring.members.map((member) => member.nodeId);
  }
}

import type {
  Clock,
  ConfigurationChange,
  EngineEvents,
  EngineResult,
  EngineStatus,
  Log,
  NodeId,
  NodeLinks,
  NodeListEntry,
  ProcessId,
  QuorumStatus,
  QuorumUpdate,
  Ring,
  Timer,
} from "@quorate/ports";
import { formatRing } from "../bus/view.ts";
import type { ConfigurationService } from "./cfg.ts";
import type { ClusterConfiguration } from "./cluster-configuration.ts";
import { describeResult } from "./codes.ts";
import type { Connection } from "./connection.ts";
import { DeliveryWatch } from "./delivery-watch.ts";
import type { CorosyncEngine } from "./entry.ts";
import { EventOrder, type OrderedEvent } from "./event-order.ts";
import { FRAME_HEADER_BYTES } from "./frame.ts";
import { type Group, REQUEST_BYTES_MAX } from "./group.ts";
import type { QuorumService } from "./quorum.ts";
import { SequenceCheck } from "./sequence-check.ts";
import type { VotequorumService } from "./votequorum.ts";

/** The open connections to Corosync on this machine. */
export interface CorosyncServices {
  readonly group: Group;
  readonly quorum: QuorumService;
  readonly votequorum: VotequorumService;
  readonly configuration: ConfigurationService;
  /** What Corosync's configuration says now. */
  readConfiguration(): Promise<ClusterConfiguration>;
  /** A process group serves for one membership: Corosync does not let it join again after it left. */
  openGroup(): Promise<Group>;
}

export interface LibraryEngineOptions {
  readonly services: CorosyncServices;
  readonly configuration: ClusterConfiguration;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long the decision about quorum may take after its ring; both come from one daemon at the same time. */
const DECISION_MS_MAX = 10_000;
/** From a refusal to tell votes to the next attempt. */
const VOTES_RETRY_MS = 500;

type MembershipState = "none" | "joining" | "joined" | "leaving";

/** Corosync on this machine. Usable once; after `lost` connect anew with a new one. */
export class LibraryEngine implements CorosyncEngine {
  readonly localNodeId: NodeId;
  readonly #quorum: QuorumService;
  readonly #votequorum: VotequorumService;
  readonly #service: ConfigurationService;
  readonly #openGroup: () => Promise<Group>;
  readonly #readConfiguration: () => Promise<ClusterConfiguration>;
  readonly #watch: DeliveryWatch;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #order = new EventOrder();
  readonly #sequences: SequenceCheck;
  #configuration: ClusterConfiguration;
  /** Nodes that no reading of the configuration knew. */
  readonly #strangers = new Set<NodeId>();
  /** The configuration is being read: events wait. */
  #isReadingConfiguration = false;
  #next: OrderedEvent | null = null;
  #group: Group;
  #isGroupUsed = false;
  #isRenewing = false;
  #events: EngineEvents | null = null;
  #status: EngineStatus = "connecting";
  #membership: MembershipState = "none";
  #self: ProcessId | null = null;
  #latestQuorum: QuorumUpdate | null = null;
  #quorumStatus: QuorumStatus | null = null;
  #isReadingVotes = false;
  #decisionTimer: Timer | null = null;
  /** The ring for whose decision the timer runs. */
  #timedRing: Ring | null = null;

  constructor(options: LibraryEngineOptions) {
    const { group, quorum, votequorum, configuration, openGroup, readConfiguration } = options.services;
    this.localNodeId = group.localNodeId;
    this.#group = group;
    this.#quorum = quorum;
    this.#votequorum = votequorum;
    this.#service = configuration;
    this.#openGroup = openGroup;
    this.#readConfiguration = readConfiguration;
    this.#watch = new DeliveryWatch({
      clock: options.clock,
      log: options.log,
      ringMs: options.configuration.ringMs,
      sendSign: () => this.#sendSign(),
    });
    this.#configuration = options.configuration;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#sequences = new SequenceCheck(options.log);
  }

  get status(): EngineStatus {
    return this.#status;
  }

  get clusterName(): string {
    return this.#configuration.clusterName;
  }

  get nodeList(): readonly NodeListEntry[] {
    return this.#configuration.nodeList;
  }

  get messageSizeMax(): number {
    return REQUEST_BYTES_MAX - FRAME_HEADER_BYTES;
  }

  connect(events: EngineEvents): void {
    if (this.#events !== null) throw new Error("an engine connects once");
    this.#events = events;
    for (const { connection } of [this.#group, this.#quorum, this.#votequorum, this.#service])
      this.#start(connection);
  }

  join(group: string): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (this.#membership === "leaving") return "tryAgain";
    if (this.#membership !== "none") return "alreadyJoined";
    if (this.#isGroupUsed) {
      void this.#renewGroup();
      return "tryAgain";
    }
    const result = this.#group.join(group);
    if (result !== "ok") return result;
    this.#membership = "joining";
    this.#isGroupUsed = true;
    return "ok";
  }

  leave(): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (this.#membership === "none" || this.#membership === "leaving") return "notJoined";
    const result = this.#group.leave();
    if (result === "ok") this.#membership = "leaving";
    return result;
  }

  multicast(message: Uint8Array): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (this.#membership === "none" || this.#membership === "leaving") return "notJoined";
    if (message.length > this.messageSizeMax) return "tooBig";
    const result = this.#group.multicast(this.#sequences.frame(message));
    if (result === "ok") this.#sequences.sent();
    return result;
  }

  /** As of the last change that was read; reading it does not wait for Corosync. */
  quorumStatus(): QuorumStatus | null {
    return this.#status === "connected" ? this.#quorumStatus : null;
  }

  setExpectedVotes(votes: number): EngineResult {
    if (this.#status !== "connected") return this.#refusal();
    if (!Number.isSafeInteger(votes) || votes < 1 || votes > 0xffffffff) return "invalid";
    return this.#votequorum.setExpected(votes);
  }

  close(): void {
    this.#status = "lost";
    this.#decisionTimer?.cancel();
    this.#watch.stop();
    for (const service of [this.#group, this.#quorum, this.#votequorum, this.#service]) service.close();
  }

  #start(connection: Connection): void {
    connection.start({
      fetched: () => this.#handOut(),
      lost: (result) => this.#lose(`Corosync is gone: ${describeResult(result)}`),
    });
  }

  async #renewGroup(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      const group = await this.#openGroup();
      if (this.#status === "lost") {
        group.close();
        return;
      }
      this.#group = group;
      this.#isGroupUsed = false;
      this.#start(group.connection);
    } catch (error) {
      this.#log("warning", (error as Error).message);
    } finally {
      this.#isRenewing = false;
    }
  }

  async links(): Promise<readonly NodeLinks[]> {
    const others = this.nodeList.filter(({ nodeId }) => nodeId !== this.localNodeId);
    const links = await Promise.all(others.map(({ nodeId }) => this.#service.linksTo(nodeId)));
    return links.filter((one) => one !== null);
  }

  async stopCorosync(): Promise<void> {
    try {
      await this.#service.stopCorosync();
    } catch (error) {
      this.#log("error", (error as Error).message);
    }
  }

  #refusal(): EngineResult {
    return this.#isLost() ? "lost" : "tryAgain";
  }

  /** An exception of the receiver goes up; the events behind it are handed out in the next round. */
  #handOut(): void {
    for (const event of this.#group.inbox.splice(0)) this.#order.addGroupEvent(event);
    for (const update of this.#quorum.inbox.splice(0)) {
      this.#latestQuorum = update;
      this.#order.addQuorum(update);
      this.#votequorum.hasChanged = true;
    }
    if (this.#service.refuseShutdown())
      this.#log(
        "warning",
        "refused to let Corosync stop while this node is in the cluster: stop quorated first",
      );
    void this.#readVotes();
    let isDone = false;
    try {
      while (this.#status === "connected" && !this.#isReadingConfiguration) {
        const event = this.#next ?? this.#order.next();
        this.#next = null;
        if (event === null) break;
        if (this.#hasNewNode(event)) {
          this.#next = event;
          void this.#learnNodes();
        } else this.#dispatch(event, this.#events!);
      }
      isDone = true;
    } finally {
      if (!isDone) this.#clock.setTimer(0, () => this.#handOut());
    }
    this.#awaitDecision();
  }

  /** While the decision is due nothing more is fetched from the group: Corosync keeps it. */
  #awaitDecision(): void {
    const ring = this.#order.awaitedRing;
    if (this.#status !== "connected") return;
    if (this.#isReadingConfiguration) {
      this.#group.connection.pause();
      return;
    }
    if (ring === null) {
      this.#decisionTimer?.cancel();
      this.#decisionTimer = null;
      this.#group.connection.resume();
      return;
    }
    this.#group.connection.pause();
    if (this.#timedRing !== ring) {
      this.#decisionTimer?.cancel();
      this.#decisionTimer = null;
      this.#timedRing = ring;
    }
    this.#decisionTimer ??= this.#clock.setTimer(DECISION_MS_MAX, () => {
      this.#decisionTimer = null;
      this.#log("error", `Corosync told no quorum for ring ${formatRing(ring)}; it counts as not quorate`);
      this.#order.giveUpWaiting();
      this.#handOut();
    });
  }

  #hasNewNode(event: OrderedEvent): boolean {
    return nodesOf(event).some((id) => !this.#strangers.has(id) && !this.#isListed(id));
  }

  #isListed(id: NodeId): boolean {
    return this.nodeList.some(({ nodeId }) => nodeId === id);
  }

  /** A node was added to the configuration while Corosync runs: its name must be known before anybody hears of it. */
  async #learnNodes(): Promise<void> {
    this.#isReadingConfiguration = true;
    try {
      this.#configuration = await this.#readConfiguration();
    } catch (error) {
      this.#log("error", (error as Error).message);
    }
    this.#isReadingConfiguration = false;
    for (const id of this.#next === null ? [] : nodesOf(this.#next))
      if (!this.#isListed(id)) {
        this.#strangers.add(id);
        this.#log(
          "error",
          `node ${id} is in the cluster and not in the node list of corosync.conf of this node`,
        );
      }
    if (!this.#isLost()) this.#handOut();
  }

  #sendSign(): void {
    if (this.#status !== "connected" || this.#membership !== "joined") return;
    if (this.#group.multicast(this.#sequences.sign()) === "ok") this.#sequences.sent();
  }

  #dispatch(event: OrderedEvent, events: EngineEvents): void {
    switch (event.kind) {
      case "delivered":
        this.#deliver(event.from, event.message, events);
        return;
      case "configuration":
        this.#changeConfiguration(event.change, events);
        return;
      case "ring":
        events.ringChanged(event.ring, event.nodes);
        return;
      case "quorum":
        events.quorumChanged(event.update);
        return;
    }
  }

  #deliver(from: ProcessId, bytes: Uint8Array, events: EngineEvents): void {
    const isSelf = this.#isSelf(from);
    const check = this.#sequences.check(from, bytes, isSelf);
    if (isSelf) this.#watch.delivered();
    switch (check.kind) {
      case "message":
        events.delivered(from, check.message);
        return;
      case "sign":
        return;
      case "foreign":
        this.#log(
          "warning",
          `ignored a message of node ${from.nodeId} process ${from.pid}: ${check.problem}`,
        );
        return;
      case "ownGap":
        this.#lose(
          `Corosync dropped ${check.count} message(s) of this node that it had accepted: it is overloaded`,
        );
        return;
    }
  }

  #changeConfiguration(change: ConfigurationChange, events: EngineEvents): void {
    // The first event of a group is the own join.
    if (this.#membership === "joining" && this.#self === null) {
      this.#self = change.joined.find(({ nodeId }) => nodeId === this.localNodeId) ?? null;
      this.#membership = "joined";
      this.#watch.start();
    }
    for (const process of change.left) this.#sequences.forget(process);
    if (change.left.some((process) => this.#isSelf(process))) {
      this.#membership = "none";
      this.#self = null;
      this.#group.close();
      this.#watch.stop();
      this.#order.left();
      this.#sequences.left();
    }
    events.configurationChanged(change);
  }

  #isSelf(process: ProcessId): boolean {
    return this.#self !== null && process.nodeId === this.#self.nodeId && process.pid === this.#self.pid;
  }

  #isLost(): boolean {
    return this.#status === "lost";
  }

  /** Reads the numbers behind quorum anew when they changed; one reading at a time. */
  async #readVotes(): Promise<void> {
    const votequorum = this.#votequorum;
    while (votequorum.hasChanged && !this.#isReadingVotes && this.#latestQuorum !== null && !this.#isLost()) {
      this.#isReadingVotes = true;
      votequorum.hasChanged = false;
      try {
        await this.#readStatus(this.#latestQuorum);
      } catch (error) {
        this.#isReadingVotes = false;
        if (this.#isLost()) return;
        // Refused while the ring forms anew, perhaps: no other event need follow.
        this.#log("warning", `${(error as Error).message}; asking again in ${VOTES_RETRY_MS} ms`);
        votequorum.hasChanged = true;
        this.#clock.setTimer(VOTES_RETRY_MS, () => void this.#readVotes());
        return;
      }
      this.#isReadingVotes = false;
    }
  }

  async #readStatus({ ring, nodes }: QuorumUpdate): Promise<void> {
    const votequorum = this.#votequorum;
    const local = await votequorum.votesOf(this.localNodeId);
    const members: NodeListEntry[] = [];
    for (const nodeId of nodes) {
      const votes = (await votequorum.votesOf(nodeId))?.votes ?? 0;
      const name = this.nodeList.find((entry) => entry.nodeId === nodeId)?.name ?? `node-${nodeId}`;
      members.push({ nodeId, name, votes });
    }
    if (this.#isLost()) return;
    if (local === null) throw new Error("Corosync does not know the votes of this node yet");
    const { expectedVotes, highestExpected, totalVotes, quorum, flags } = local;
    const isQuorate = flags.includes("Quorate");
    this.#quorumStatus = {
      ring,
      isQuorate,
      expectedVotes,
      highestExpected,
      totalVotes,
      quorum,
      flags,
      members,
    };
    if (this.#status === "connecting") {
      this.#status = "connected";
      this.#events?.connected();
    }
  }

  #lose(reason: string): void {
    if (this.#isLost()) return;
    this.close();
    this.#log("error", `lost the cluster engine: ${reason}`);
    this.#events?.lost(reason);
  }
}

function nodesOf(event: OrderedEvent): readonly NodeId[] {
  switch (event.kind) {
    case "ring":
      return event.nodes;
    case "configuration":
      return event.change.members.map(({ nodeId }) => nodeId);
    case "delivered":
    case "quorum":
      return [];
  }
}

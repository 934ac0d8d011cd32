import type { Clock, Log, NodeId, NodeListEntry, QuorumStatus, Random, Ring, Timer } from "@quorate/ports";
import type { QuorumSettings } from "../votequorum/configuration.ts";
import type { ClientSink, HubClient } from "./client.ts";
import { Connectivity, divideIntoCliques } from "./connectivity.ts";
import { compareProcesses } from "./entry.ts";
import { type EngineLimits, EngineNode, type NodeContext } from "./node.ts";
import { SequencedRing } from "./ring.ts";
import { draw, type EngineTiming } from "./timing.ts";

/** Keeps the largest ring sequence of each node, so that ring ids never repeat, also after a restart of the hub. */
export interface RingSequences {
  /** 0 when nothing was saved. */
  load(nodeId: NodeId): number;
  save(nodeId: NodeId, sequence: number): void;
}

export interface HubOptions {
  readonly clusterName: string;
  /** Ids above 0 and names, each once. */
  readonly nodeList: readonly NodeListEntry[];
  readonly quorum: QuorumSettings;
  readonly timing: EngineTiming;
  readonly limits: EngineLimits;
  readonly sequences: RingSequences;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface NodeStatus {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly state: "down" | "starting" | "running" | "paused";
  /** Null while the node has no ring. */
  readonly quorum: QuorumStatus | null;
  /** Nodes that this one can reach now, itself included; the ring follows after the detection time. */
  readonly reachable: readonly NodeId[];
}

/**
 * The engines of all nodes of a cluster in one object: it keeps the graph of who can talk to whom, and a sequencer
 * for each ring. All methods take effect at once on the graph; clients hear of it when the engine would have found
 * out. Source: embedded engine, 4-8.
 */
export class Hub {
  readonly #options: HubOptions;
  #context: NodeContext;
  readonly #graph = new Connectivity();
  /** Running nodes; a node that was killed and started is another object. */
  readonly #nodes = new Map<NodeId, EngineNode>();
  readonly #starting = new Map<NodeId, Timer>();
  readonly #rings = new Map<SequencedRing, { loss: Timer | null; synchronization: Timer | null }>();
  /** Sequences as last used, by node. */
  readonly #sequences = new Map<NodeId, number>();
  #mergeTimer: Timer | null = null;
  #nextPid = 1;
  #isClosed = false;

  constructor(options: HubOptions) {
    const ids = new Set(options.nodeList.map((entry) => entry.nodeId));
    const names = new Set(options.nodeList.map((entry) => entry.name.toLowerCase()));
    if (ids.size !== options.nodeList.length || names.size !== options.nodeList.length)
      throw new Error("the node list has two nodes with one id or one name: give each its own");
    this.#options = options;
    const nodeList = [...options.nodeList].sort((a, b) => a.nodeId - b.nodeId);
    this.#context = { ...options, nodeList };
  }

  get nodeList(): readonly NodeListEntry[] {
    return this.#context.nodeList;
  }

  /** Does nothing when the node runs or starts already. */
  startNode(nodeId: NodeId): void {
    const entry = this.#entryOf(nodeId);
    if (this.#isClosed || this.#nodes.has(nodeId) || this.#starting.has(nodeId)) return;
    const sequence = this.#sequences.get(nodeId) ?? this.#options.sequences.load(nodeId);
    const node = new EngineNode(entry, sequence, this.#context);
    this.#nodes.set(nodeId, node);
    const { clock, timing, random, log } = this.#options;
    log("info", `engine of node ${entry.name} starts`);
    this.#starting.set(
      nodeId,
      clock.setTimer(draw(timing.nodeStart, random), () => {
        this.#starting.delete(nodeId);
        this.#formRing([node]);
      }),
    );
  }

  /** As a clean stop of Corosync: clients lose it, the others see their processes go, then the node leave. */
  stopNode(nodeId: NodeId, reason = "the engine was stopped"): void {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) return;
    if (node.ring === null) {
      this.killNode(nodeId, reason);
      return;
    }
    node.dropClients(reason);
    const { clock, timing, random } = this.#options;
    clock.setTimer(draw(timing.nodeStop, random), () => {
      if (!node.isEnded) this.#endNode(node, reason, { isAnnounced: true });
    });
  }

  /** As a crash of the machine: its clients get `lost`, the others find out after the detection time. */
  killNode(nodeId: NodeId, reason = "the engine was killed"): void {
    const node = this.#nodes.get(nodeId);
    if (node !== undefined) this.#endNode(node, reason, { isAnnounced: false });
  }

  /** No messages in or out until `resumeNode`; longer than the detection time, and the others go on without it. */
  pauseNode(nodeId: NodeId): void {
    const node = this.#nodes.get(nodeId);
    if (node === undefined || node.isPaused) return;
    node.setPaused(true);
    this.#examineAll();
  }

  resumeNode(nodeId: NodeId): void {
    const node = this.#nodes.get(nodeId);
    if (node === undefined || !node.isPaused) return;
    node.setPaused(false);
    this.#examineAll();
  }

  /** Cuts the cluster into sets that cannot reach each other; each node in no set is alone. */
  partition(sets: readonly (readonly NodeId[])[]): void {
    for (const set of sets) for (const nodeId of set) this.#entryOf(nodeId);
    const setOf = (nodeId: NodeId): number => sets.findIndex((set) => set.includes(nodeId));
    this.#eachPair((a, b) => {
      const set = setOf(a);
      this.#graph.setLink(a, b, set >= 0 && set === setOf(b));
    });
    this.#examineAll();
  }

  heal(): void {
    this.#eachPair((a, b) => this.#graph.setLink(a, b, true));
    this.#examineAll();
  }

  /** Cuts one node off from all others; links among these stay as they are. */
  isolate(nodeId: NodeId): void {
    this.#entryOf(nodeId);
    for (const other of this.nodeList) this.#graph.setLink(nodeId, other.nodeId, false);
    this.#examineAll();
  }

  setLink(a: NodeId, b: NodeId, isUp: boolean): void {
    this.#entryOf(a);
    this.#entryOf(b);
    this.#graph.setLink(a, b, isUp);
    this.#examineAll();
  }

  status(): readonly NodeStatus[] {
    return this.nodeList.map(({ nodeId, name }) => {
      const node = this.#nodes.get(nodeId);
      return {
        nodeId,
        name,
        state:
          node === undefined
            ? "down"
            : node.isPaused
              ? "paused"
              : this.#starting.has(nodeId)
                ? "starting"
                : "running",
        quorum: node?.quorumStatus() ?? null,
        reachable: this.nodeList
          .map((entry) => entry.nodeId)
          .filter((other) => this.#nodes.has(other) && this.#graph.isConnected(nodeId, other)),
      };
    });
  }

  /** As `corosync-quorumtool -v VOTES -n NODE`, asked on node `via`. */
  setVotes(via: NodeId, nodeId: NodeId, votes: number): "ok" | "unknown" | "invalid" | "down" {
    const node = this.#nodes.get(via);
    if (node === undefined) return "down";
    const answer = node.votequorum.acceptsNodeVotes(nodeId, votes);
    if (answer === "ok") node.reconfigure({ kind: "nodeVotes", nodeId, votes });
    return answer;
  }

  /** Ends waiting for all nodes in the ring of this one. */
  cancelWaitForAll(via: NodeId): void {
    this.#nodes.get(via)?.reconfigure({ kind: "cancelWaitForAll" });
  }

  /**
   * As `corosync-cfgtool -R` on node `via` after the section `quorum` was changed: its ring takes what can be changed at
   * run time, two_node and expected_votes, and nodes that start later take all. Votes are those of the node list again.
   */
  reload(via: NodeId, quorum: QuorumSettings): void {
    this.#context = { ...this.#context, quorum };
    const { expectedVotes, isTwoNode } = quorum;
    this.#nodes
      .get(via)
      ?.reconfigure({ kind: "configuration", votes: this.nodeList, expectedVotes, isTwoNode });
  }

  /**
   * Connects a client to the engine of a node; null when this does not run. The process id is a number of the hub's
   * own: unlike the operating system's, it does not come again.
   */
  connect(nodeId: NodeId, sink: ClientSink): HubClient | null {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) return null;
    return node.connect(this.#nextPid++, sink);
  }

  /** Ends all nodes at once; all clients get `lost`. */
  close(reason = "the hub was closed"): void {
    this.#isClosed = true;
    this.#mergeTimer?.cancel();
    for (const timers of this.#rings.values()) {
      timers.loss?.cancel();
      timers.synchronization?.cancel();
    }
    for (const timer of this.#starting.values()) timer.cancel();
    for (const node of [...this.#nodes.values()]) {
      node.ring?.freeze();
      node.end(reason);
    }
    this.#nodes.clear();
    this.#rings.clear();
  }

  #entryOf(nodeId: NodeId): NodeListEntry {
    const entry = this.nodeList.find((other) => other.nodeId === nodeId);
    if (entry === undefined) throw new Error(`node ${nodeId} is not in the node list`);
    return entry;
  }

  #eachPair(visit: (a: NodeId, b: NodeId) => void): void {
    for (const a of this.nodeList)
      for (const b of this.nodeList) if (a.nodeId < b.nodeId) visit(a.nodeId, b.nodeId);
  }

  #endNode(node: EngineNode, reason: string, how: { readonly isAnnounced: boolean }): void {
    this.#nodes.delete(node.nodeId);
    this.#starting.get(node.nodeId)?.cancel();
    this.#starting.delete(node.nodeId);
    const ring = node.ring;
    node.end(reason);
    this.#options.log("info", `engine of node ${node.name} ended: ${reason}`);
    if (ring !== null) this.#examine(ring, how.isAnnounced ? 0 : null);
  }

  #examineAll(): void {
    for (const ring of [...this.#rings.keys()]) this.#examine(ring, null);
    this.#considerMerge();
  }

  /** Members that have not gone on to another ring, paused ones included. */
  #remaining(ring: SequencedRing): EngineNode[] {
    return [...this.#nodes.values()].filter((node) => node.ring === ring).sort((a, b) => a.nodeId - b.nodeId);
  }

  #isWhole(ring: SequencedRing): boolean {
    const remaining = this.#remaining(ring);
    return (
      remaining.length === ring.members.length &&
      remaining.every((node) => !node.isPaused && remaining.every((other) => this.#isConnected(node, other)))
    );
  }

  #isConnected(a: EngineNode, b: EngineNode): boolean {
    return this.#graph.isConnected(a.nodeId, b.nodeId);
  }

  /** Freezes a ring that lost somebody, and lets go on one that has everybody back before this was noticed. */
  #examine(ring: SequencedRing, detectionMs: number | null): void {
    const timers = this.#rings.get(ring);
    if (timers === undefined) return;
    const remaining = this.#remaining(ring);
    if (remaining.length === 0) {
      ring.freeze();
      timers.loss?.cancel();
      timers.synchronization?.cancel();
      this.#rings.delete(ring);
      return;
    }
    if (this.#isWhole(ring)) {
      timers.loss?.cancel();
      timers.loss = null;
      const wasFrozen = ring.isFrozen;
      ring.thaw();
      if (wasFrozen && !ring.isActive) this.#synchronize(ring);
      return;
    }
    ring.freeze();
    timers.synchronization?.cancel();
    timers.synchronization = null;
    if (timers.loss !== null && detectionMs === null) return;
    timers.loss?.cancel();
    const { clock, timing, random } = this.#options;
    timers.loss = clock.setTimer(detectionMs ?? draw(timing.lossDetection, random), () => {
      timers.loss = null;
      this.#split(ring);
    });
  }

  /** The loss is noticed: those who can reach each other form new rings; who is paused stays behind. */
  #split(ring: SequencedRing): void {
    const awake = this.#remaining(ring).filter((node) => !node.isPaused);
    for (const clique of divideIntoCliques(awake, (a, b) => this.#isConnected(a, b))) this.#formRing(clique);
  }

  /**
   * Whole rings that can all reach each other become one, also while they synchronise, but a starting node reports
   * itself alone first. Rings are taken as they are, so that non-transitive connectivity leads to a lasting division and
   * not to flapping.
   */
  #considerMerge(): void {
    if (this.#mergeTimer !== null || this.#mergeable().length === 0) return;
    const { clock, timing, random } = this.#options;
    this.#mergeTimer = clock.setTimer(draw(timing.merge, random), () => {
      this.#mergeTimer = null;
      for (const rings of this.#mergeable()) this.#formRing(rings.flatMap((ring) => this.#remaining(ring)));
      this.#considerMerge();
    });
  }

  #mergeable(): SequencedRing[][] {
    const rings = [...this.#rings.keys()]
      .filter((ring) => !ring.isFrozen && this.#remaining(ring).every((node) => node.hasReported))
      .sort((a, b) => b.members.length - a.members.length || a.members[0]!.nodeId - b.members[0]!.nodeId);
    const reaches = (a: SequencedRing, b: SequencedRing): boolean =>
      a.members.every((one) => b.members.every((other) => this.#graph.isConnected(one.nodeId, other.nodeId)));
    return divideIntoCliques(rings, reaches).filter((group) => group.length > 1);
  }

  #formRing(unsorted: readonly EngineNode[]): void {
    const members = [...unsorted].sort((a, b) => a.nodeId - b.nodeId);
    const sequence = Math.max(...members.map((node) => node.sequence)) + 4;
    const id: Ring = { representative: members[0]!.nodeId, sequence };
    const left = new Set<SequencedRing>();
    for (const node of members) if (node.ring !== null) left.add(node.ring);
    for (const old of left) {
      const together = members.filter((node) => node.ring === old);
      old.depart(together);
      for (const node of together)
        node.companions = new Set(together.filter((other) => node.companions.has(other)));
    }
    const ring = new SequencedRing(id, members, this.#context);
    this.#rings.set(ring, { loss: null, synchronization: null });
    for (const node of members) {
      node.ring = ring;
      node.sequence = sequence;
      this.#sequences.set(node.nodeId, sequence);
      this.#options.sequences.save(node.nodeId, sequence);
    }
    for (const old of left) this.#examine(old, null);
    this.#synchronize(ring);
    // Links may have changed since those who form it were chosen.
    this.#examine(ring, null);
  }

  #synchronize(ring: SequencedRing): void {
    const timers = this.#rings.get(ring)!;
    const { clock, timing, random } = this.#options;
    timers.synchronization?.cancel();
    timers.synchronization = clock.setTimer(draw(timing.synchronization, random), () => {
      timers.synchronization = null;
      this.#activate(ring);
    });
  }

  #activate(ring: SequencedRing): void {
    const members = this.#remaining(ring);
    const processes = new Map<string, { nodeId: NodeId; pid: number }[]>();
    for (const node of members)
      for (const [group, own] of node.localProcesses())
        processes.set(group, [...(processes.get(group) ?? []), ...own]);
    for (const list of processes.values()) list.sort(compareProcesses);
    ring.isActive = true;
    const ids = members.map((node) => node.nodeId);
    for (const node of members) node.votequorum.beginRing(ids);
    const infos = members.map((node) => node.votequorum.nodeInfo());
    for (const info of infos) for (const node of members) node.votequorum.receive(info);
    for (const node of members) node.votequorum.activate();
    for (const node of members) {
      node.activateRing(processes);
      node.companions = new Set(members);
    }
    this.#options.log(
      "info",
      `ring ${ring.id.representative.toString(16)}.${ring.id.sequence.toString(16)} of ${members.map((node) => node.name).join(" ")}`,
    );
    for (const node of members) node.flush();
    this.#considerMerge();
  }
}

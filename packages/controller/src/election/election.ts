import type { MembershipView, NodeId, Timer } from "@quorate/ports";
import { after, type NodeContext } from "../context.ts";
import { viewKey } from "../membership/peers.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import { compareFeatureSets } from "./feature-set.ts";

type Hello = Extract<ControlMessage, { kind: "hello" }>;

interface Dependencies {
  readonly context: NodeContext;
  send(message: ControlMessage): void;
  isStopping(): boolean;
  jobLimit(): number;
  timing(): { readonly dcDeadtimeMs: number; readonly electionTimeoutMs: number };
  /** Ids of the configured nodes. */
  readonly configuredNodes: readonly NodeId[];
  /** An election began: nobody leads until `decided`. */
  started(reason: string): void;
  decided(leader: NodeId, change: "new" | "kept"): void;
  /** A member sent its credentials; `isLate`: when the election was over. */
  heard(nodeId: NodeId, jobLimit: number, isLate: boolean): void;
}

/**
 * Agrees on the DC. In each view with new members, or without a leader, every member sends its credentials once; when the
 * credentials of all members are there, every member knows the same winner, at the same place in the order of
 * messages. A leader that is alone in claiming the lead keeps it. Criteria: controller specification, 2
 * (the process's age stands for its CPU time).
 *
 * A cluster that starts elects at once when every configured node is there, else after the DC deadtime.
 */
export class Election {
  readonly #deps: Dependencies;
  readonly #startedMs: number;
  #view: MembershipView | null = null;
  #viewKey = "";
  #round = 0;
  #isForced = false;
  #hellos = new Map<NodeId, Hello>();
  #isUndecided = false;
  #leader: NodeId | null = null;
  #hasBeenLed = false;
  #deadtime: Timer | null = null;
  #timeout: Timer | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#startedMs = deps.context.clock.monotonicMs();
  }

  get leader(): NodeId | null {
    return this.#leader;
  }

  get isLeader(): boolean {
    return this.#leader === this.#deps.context.localNodeId;
  }

  onView(view: MembershipView): void {
    const isFirst = this.#view === null;
    this.#view = view;
    this.#viewKey = viewKey(view);
    this.#round = 0;
    this.#isForced = false;
    if (this.#leader !== null) {
      const leader = this.#leader;
      const isHere = view.members.some((member) => member.nodeId === leader);
      const isGone = view.left.some((left) => left.nodeId === leader);
      if (!isHere || (isGone && leader !== this.#deps.context.localNodeId)) {
        this.#leader = null;
        this.#deps.started("DC left");
      }
    }
    if (isFirst) this.#startDeadtime();
    if (this.#leader === null || view.joined.length > 0 || this.#isUndecided) this.#beginRound();
  }

  /** Makes all members elect anew. */
  call(reason: string): void {
    this.#deps.send({ kind: "elect", reason });
  }

  /** Delivered messages of the election. */
  onMessage(from: NodeId, message: Extract<ControlMessage, { kind: "hello" | "elect" | "claim" }>): void {
    switch (message.kind) {
      case "elect":
        this.#deps.context.log("info", `Election called by node ${from}: ${message.reason}`);
        this.#round += 1;
        this.#isForced = true;
        if (this.#leader !== null) this.#deps.started(message.reason);
        this.#beginRound();
        return;
      case "hello":
        if (message.view !== this.#viewKey || message.round !== this.#round) return;
        this.#hellos.set(from, message);
        this.#deps.heard(from, message.jobLimit, !this.#isUndecided);
        this.#evaluate();
        return;
      case "claim":
        if (message.view !== this.#viewKey || message.round !== this.#round || !this.#isUndecided) return;
        this.#decide(from, this.#leader === from ? "kept" : "new");
        return;
      default:
        message satisfies never;
    }
  }

  stop(): void {
    this.#deadtime?.cancel();
    this.#timeout?.cancel();
  }

  #beginRound(): void {
    this.#isUndecided = true;
    this.#hellos = new Map();
    const { context } = this.#deps;
    this.#deps.send({
      kind: "hello",
      view: this.#viewKey,
      round: this.#round,
      featureSet: context.config.featureSet,
      ageMs: Math.floor(context.clock.monotonicMs() - this.#startedMs),
      isLeader: this.isLeader,
      isFresh: !this.#hasBeenLed,
      isStopping: this.#deps.isStopping(),
      jobLimit: this.#deps.jobLimit(),
    });
    this.#timeout?.cancel();
    this.#timeout = after(context, this.#deps.timing().electionTimeoutMs, () => this.#onTimeout());
  }

  #evaluate(): void {
    const members = this.#view?.members ?? [];
    if (!this.#isUndecided || members.some((member) => !this.#hellos.has(member.nodeId))) return;
    const hellos = [...this.#hellos.values()];
    const leaders = [...this.#hellos].filter(([, hello]) => hello.isLeader).map(([nodeId]) => nodeId);
    const only = leaders[0];
    if (!this.#isForced && leaders.length === 1 && only !== undefined) {
      this.#decide(only, this.#leader === only ? "kept" : "new");
      return;
    }
    const isStarting = leaders.length === 0 && hellos.every((hello) => hello.isFresh);
    if (isStarting && !this.#isForced && !this.#isComplete()) return;
    this.#decide(this.#best(members.map((member) => member.nodeId)), "new");
  }

  #isComplete(): boolean {
    return this.#deps.configuredNodes.every((nodeId) => this.#hellos.has(nodeId));
  }

  /** Of the nodes whose credentials are there; one that is stopping wins only among its like. */
  #best(candidates: readonly NodeId[]): NodeId {
    const names = new Map(this.#view?.members.map((member) => [member.nodeId, member.name.toLowerCase()]));
    const known = candidates.filter((nodeId) => this.#hellos.has(nodeId));
    const sorted = known.sort((a, b) => {
      const left = this.#hellos.get(a)!;
      const right = this.#hellos.get(b)!;
      if (left.isStopping !== right.isStopping) return left.isStopping ? 1 : -1;
      const byFeatures = compareFeatureSets(left.featureSet, right.featureSet);
      if (byFeatures !== 0) return byFeatures;
      if (left.ageMs !== right.ageMs) return right.ageMs - left.ageMs;
      const leftName = names.get(a) ?? "";
      const rightName = names.get(b) ?? "";
      return leftName < rightName ? -1 : leftName > rightName ? 1 : a - b;
    });
    return sorted[0] ?? this.#deps.context.localNodeId;
  }

  #decide(leader: NodeId, change: "new" | "kept"): void {
    this.#isUndecided = false;
    this.#timeout?.cancel();
    this.#deadtime?.cancel();
    this.#deadtime = null;
    this.#leader = leader;
    this.#hasBeenLed = true;
    this.#deps.decided(leader, change);
  }

  #startDeadtime(): void {
    this.#deadtime = after(this.#deps.context, this.#deps.timing().dcDeadtimeMs, () => {
      this.#deadtime = null;
      if (this.#leader === null) this.call("no DC found within dc-deadtime");
    });
  }

  /** Some member is silent: the only leader, else the best of those that are not, takes the lead. */
  #onTimeout(): void {
    if (!this.#isUndecided || this.#deadtime !== null) return;
    const leaders = [...this.#hellos].filter(([, hello]) => hello.isLeader).map(([nodeId]) => nodeId);
    const best =
      leaders.length === 1 && leaders[0] !== undefined
        ? leaders[0]
        : this.#best((this.#view?.members ?? []).map((member) => member.nodeId));
    this.#deps.context.log("warning", "Election not complete within election-timeout: some node is silent");
    if (best === this.#deps.context.localNodeId)
      this.#deps.send({ kind: "claim", view: this.#viewKey, round: this.#round });
    this.#timeout = after(this.#deps.context, this.#deps.timing().electionTimeoutMs, () => this.#onTimeout());
  }
}

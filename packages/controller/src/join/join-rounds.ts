import type { NodeId, Timer } from "@quorate/ports";
import { after, type NodeContext } from "../context.ts";
import { type Peer, type Peers, viewKey } from "../membership/peers.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import { chooseBestCopy } from "./best-copy.ts";
import { incompatibilityOf, softwareOf } from "./compatibility.ts";

type JoinRequest = Extract<ControlMessage, { kind: "request" }>;

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  send(message: ControlMessage): void;
  /** Starts no more actions; tells when those under way are over. */
  haltTransition(reason: string, whenIdle: () => void): void;
  /** Makes the members share one copy; `RoundsEvents.adopted` follows unless the view changes. */
  adopt(choice: {
    readonly lineage: string;
    readonly owner: NodeId;
    readonly members: readonly NodeId[];
    readonly stale: readonly NodeId[];
    readonly epochAtLeast: number;
  }): void;
  isKnownSchema(schema: string): boolean;
  phaseChanged(phase: RoundPhase): void;
  /** The members share the CIB: what the DC has to write goes before the answer to them. */
  synchronised(members: readonly Peer[]): void;
  /** Everybody has confirmed. */
  completed(): void;
  callElection(reason: string): void;
  timing(): { readonly integrationMs: number; readonly finalizationMs: number };
}

const RETRY_MS = 10_000;

export type RoundPhase = "off" | "integrating" | "finalizing" | "complete";

/**
 * The DC's side of the join: offers, collects requests, makes all share the best CIB, answers, waits for
 * confirmations. Each round takes all members of the view; a change of the view during a round starts the next.
 * Source: controller specification, 3.
 */
export class JoinRounds {
  readonly #deps: Dependencies;
  #phase: RoundPhase = "off";
  #join = 0;
  #lineageCount = 0;
  #isIdle = false;
  #requests = new Map<NodeId, JoinRequest>();
  #refused: { readonly nodeId: NodeId; readonly reason: string }[] = [];
  #awaitedLineage: string | null = null;
  #timer: Timer | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  get phase(): RoundPhase {
    return this.#phase;
  }

  begin(reason: string): void {
    const { context, peers } = this.#deps;
    const view = peers.view;
    if (view === null) return;
    this.#join += 1;
    const join = this.#join;
    this.#requests = new Map();
    this.#refused = [];
    this.#awaitedLineage = null;
    this.#isIdle = false;
    const invited = peers.online().filter((peer) => !peer.isSilent);
    for (const peer of peers.online()) peer.phase = peer.isSilent ? "none" : "welcomed";
    this.#enter("integrating");
    context.log("info", `join-${join}: offering to ${invited.length} nodes: ${reason}`);
    this.#startTimer(this.#deps.timing().integrationMs, () => {
      context.log("warning", `join-${join}: not every node asked to join in time, going on without them`);
      for (const peer of peers.online()) if (peer.phase === "welcomed") peer.phase = "none";
      this.#tryFinalize();
    });
    this.#deps.haltTransition(reason, () => {
      if (join !== this.#join || this.#phase !== "integrating") return;
      this.#isIdle = true;
      this.#tryFinalize();
    });
    this.#deps.send({
      kind: "offer",
      view: viewKey(view),
      join,
      to: invited.map((peer) => peer.nodeId),
      ...softwareOf(context.config),
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#awaitedLineage = null;
    this.#enter("off");
  }

  onRequest(from: NodeId, message: JoinRequest): void {
    const peer = this.#deps.peers.get(from);
    if (this.#phase !== "integrating" || message.join !== this.#join || peer?.phase !== "welcomed") return;
    const reason = this.#refusal(message);
    if (reason !== null) {
      this.#deps.context.log("error", `join-${this.#join}: node ${peer.name} refused: ${reason}`);
      peer.phase = "refused";
      peer.expected = "nack";
      this.#refused.push({ nodeId: from, reason });
    } else {
      peer.phase = "integrated";
      peer.expected = "member";
      this.#requests.set(from, message);
    }
    this.#tryFinalize();
  }

  /** The copies are shared from this place on. */
  adopted(lineage: string): void {
    if (lineage !== this.#awaitedLineage || this.#phase !== "finalizing") return;
    this.#awaitedLineage = null;
    this.#answer();
  }

  onConfirm(from: NodeId, join: number): void {
    const peer = this.#deps.peers.get(from);
    if (this.#phase !== "finalizing" || join !== this.#join || peer?.phase !== "finalized") return;
    peer.phase = "confirmed";
    this.#deps.context.log("info", `join-${join}: ${peer.name} confirmed`);
    if (this.#deps.peers.online().some((other) => other.phase === "finalized")) return;
    this.#timer?.cancel();
    this.#enter("complete");
    this.#deps.completed();
  }

  #refusal(message: JoinRequest): string | null {
    const problem = incompatibilityOf(message, softwareOf(this.#deps.context.config));
    if (problem !== null) return problem;
    const { cib } = message;
    if (cib.schema === null) return "its CIB names no schema";
    if (!this.#deps.isKnownSchema(cib.schema)) return `the schema ${cib.schema} of its CIB is unknown here`;
    return null;
  }

  #tryFinalize(): void {
    const { context, peers, timing } = this.#deps;
    if (this.#phase !== "integrating" || !this.#isIdle) return;
    if (peers.online().some((peer) => peer.phase === "welcomed")) return;
    const candidates = [...this.#requests]
      .map(([nodeId, request]) => ({ nodeId, cib: request.cib }))
      .sort((a, b) => a.nodeId - b.nodeId);
    const best = chooseBestCopy(candidates, context.localNodeId);
    if (best === null) {
      context.log("error", "No node has a usable CIB: repair the configuration of one and restart it");
      this.#isIdle = false;
      this.#startTimer(RETRY_MS, () => this.#deps.callElection("no node had a usable CIB"));
      return;
    }
    this.#enter("finalizing");
    this.#startTimer(timing().finalizationMs, () =>
      this.#deps.callElection("join finalization took too long"),
    );
    const { cib } = best.owner;
    context.log(
      "notice",
      `Finalizing join-${this.#join} for ${candidates.length} nodes (sync'ing CIB ${cib.adminEpoch}.${cib.epoch}.${cib.numUpdates} ` +
        `with schema ${cib.schema ?? "none"} from ${peers.get(best.owner.nodeId)?.name ?? best.owner.nodeId})`,
    );
    if (best.discarded.length > 0)
      context.log(
        "warning",
        `The CIB was changed differently on ${best.discarded.map((nodeId) => peers.get(nodeId)?.name ?? nodeId).join(", ")}: ` +
          "these changes are given up",
      );
    if (best.isShared) {
      this.#answer();
      return;
    }
    this.#lineageCount += 1;
    const own = peers.get(context.localNodeId);
    this.#awaitedLineage = `${context.localNodeId}.${own?.pid ?? 0}.${this.#lineageCount}`;
    this.#deps.adopt({
      lineage: this.#awaitedLineage,
      owner: best.owner.nodeId,
      members: candidates.map((candidate) => candidate.nodeId),
      stale: best.stale,
      epochAtLeast: best.epochAtLeast,
    });
  }

  #answer(): void {
    const { peers } = this.#deps;
    const view = peers.view;
    if (view === null) return;
    const members = peers.online().filter((peer) => peer.phase === "integrated");
    for (const peer of members) peer.phase = "finalized";
    this.#deps.synchronised(members);
    this.#deps.send({
      kind: "answer",
      view: viewKey(view),
      join: this.#join,
      accepted: members.map((peer) => peer.nodeId),
      refused: this.#refused,
    });
  }

  #startTimer(delayMs: number, expired: () => void): void {
    this.#timer?.cancel();
    const join = this.#join;
    this.#timer = after(this.#deps.context, delayMs, () => {
      if (join === this.#join) expired();
    });
  }

  #enter(phase: RoundPhase): void {
    this.#phase = phase;
    this.#deps.phaseChanged(phase);
  }
}

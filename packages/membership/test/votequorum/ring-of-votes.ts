import type { NodeId } from "@quorate/ports";
import { configureQuorum, QUORUM_DEFAULTS, type QuorumSettings } from "../../src/votequorum/configuration.ts";
import { Votequorum } from "../../src/votequorum/votequorum.ts";
import { VirtualClock } from "../virtual-clock.ts";

/** The votequorums of a cluster without an engine: rings are made by hand. */
export class RingOfVotes {
  readonly clock = new VirtualClock();
  readonly flips: string[] = [];
  readonly #votes: ReadonlyMap<NodeId, number>;
  readonly #settings: QuorumSettings;
  readonly #nodes = new Map<NodeId, Votequorum>();
  readonly #rings = new Map<NodeId, readonly NodeId[]>();

  /** @param votes of nodes 1, 2, ... */
  constructor(votes: readonly number[], settings: Partial<QuorumSettings> = {}) {
    this.#votes = new Map(votes.map((count, index) => [index + 1, count]));
    const nodeList = votes.map((count, index) => ({
      nodeId: index + 1,
      name: `n${index + 1}`,
      votes: count,
    }));
    const plain = configureQuorum(QUORUM_DEFAULTS, nodeList);
    if (!plain.ok) throw new Error(plain.errors.join("; "));
    this.#settings = { ...plain.settings, ...settings };
  }

  /** Starts nodes, each alone at first. */
  start(ids: readonly NodeId[], overrides: Partial<QuorumSettings> = {}): this {
    for (const nodeId of ids) {
      this.#nodes.set(
        nodeId,
        new Votequorum(
          {
            nodeId,
            votes: this.#votes.get(nodeId) ?? 1,
            settings: { ...this.#settings, ...overrides },
            clock: this.clock,
            log: () => {},
          },
          { flipped: () => void this.flips.push(`${nodeId}`), numbersChanged() {} },
        ),
      );
      this.ring([nodeId]);
    }
    return this;
  }

  /** These nodes form a ring. */
  ring(ids: readonly NodeId[]): this {
    const nodes = ids.map((nodeId) => this.node(nodeId));
    for (const node of nodes) node.beginRing(ids);
    const infos = nodes.map((node) => node.nodeInfo());
    for (const info of infos) for (const node of nodes) node.receive(info);
    for (const node of nodes) node.activate();
    for (const nodeId of ids) this.#rings.set(nodeId, ids);
    return this;
  }

  kill(ids: readonly NodeId[]): this {
    for (const nodeId of ids) {
      this.node(nodeId).stop();
      this.#nodes.delete(nodeId);
      this.#rings.delete(nodeId);
    }
    return this;
  }

  /** Asked on one node, applied by its ring. */
  setExpected(via: NodeId, votes: number): boolean {
    if (!this.node(via).acceptsExpectedVotes(votes)) return false;
    for (const nodeId of this.#rings.get(via)!) this.node(nodeId).apply({ kind: "expectedVotes", votes });
    return true;
  }

  setVotes(via: NodeId, nodeId: NodeId, votes: number): "ok" | "unknown" | "invalid" {
    const answer = this.node(via).acceptsNodeVotes(nodeId, votes);
    if (answer === "ok")
      for (const member of this.#rings.get(via)!)
        this.node(member).apply({ kind: "nodeVotes", nodeId, votes });
    return answer;
  }

  cancelWaitForAll(via: NodeId): void {
    for (const nodeId of this.#rings.get(via)!) this.node(nodeId).apply({ kind: "cancelWaitForAll" });
  }

  /** The ring of a node reads its configuration anew: what a reload of Corosync's amounts to. */
  reload(
    via: NodeId,
    votes: readonly number[],
    { expectedVotes, isTwoNode }: Pick<QuorumSettings, "expectedVotes" | "isTwoNode">,
  ): void {
    const list = votes.map((count, index) => ({ nodeId: index + 1, votes: count }));
    for (const member of this.#rings.get(via)!)
      this.node(member).apply({ kind: "configuration", votes: list, expectedVotes, isTwoNode });
  }

  isQuorate(nodeId: NodeId): boolean {
    return this.node(nodeId).isQuorate;
  }

  /** `expected/total/quorum yes|no` of one node. */
  numbers(nodeId: NodeId): string {
    const status = this.node(nodeId).status({ representative: 1, sequence: 4 }, []);
    return `${status.expectedVotes}/${status.totalVotes}/${status.quorum} ${status.isQuorate ? "yes" : "no"}`;
  }

  flags(nodeId: NodeId): string {
    return this.node(nodeId).status({ representative: 1, sequence: 4 }, []).flags.join(" ");
  }

  node(nodeId: NodeId): Votequorum {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) throw new Error(`node ${nodeId} does not run`);
    return node;
  }
}

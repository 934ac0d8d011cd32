import type { ClusterNode, ProbeMode } from "./node.ts";
import type { ScoreCause } from "./score-cause.ts";

/** One change of one score, with what caused it. The steps of a node lead from one score to the next. */
export interface ScoreStep {
  readonly node: ClusterNode;
  /** Null: the node had no entry. */
  readonly before: number | null;
  readonly after: number;
  readonly cause: ScoreCause;
  /** The change before this one, of whatever node. */
  readonly previous: ScoreStep | null;
}

/**
 * Which nodes a resource may use: node -> score, count of instances and probe mode. A node without an entry is
 * not known to the resource (asymmetric clusters, bundle nodes); that is different from a score of -INFINITY.
 * Dense arrays by node index, so a copy is a few block copies and a lookup is one load. Every change of a score
 * names its cause; the chain of causes is shared by copies, so a table that is dropped takes its causes with it.
 * Source: scheduler specification, part 2, 1.5.
 */
export class AllowedNodes {
  #scores: Int32Array;
  #counts: Int32Array;
  /** 0: no entry; otherwise the probe mode + 1. */
  #modes: Uint8Array;
  /** In order of insertion: the reference iterates hash tables, whose order follows from it (part 2, 23). */
  readonly nodes: ClusterNode[];
  #lastStep: ScoreStep | null = null;
  /** How many nodes the cluster had when all of them were last added here. */
  defaultNodeCount = 0;

  constructor(capacity: number) {
    this.#scores = new Int32Array(capacity);
    this.#counts = new Int32Array(capacity);
    this.#modes = new Uint8Array(capacity);
    this.nodes = [];
  }

  get size(): number {
    return this.nodes.length;
  }

  has(node: ClusterNode): boolean {
    return node.index < this.#modes.length && this.#modes[node.index] !== 0;
  }

  /** Undefined behaviour (0) for nodes without entry: ask `has` first where that matters. */
  score(node: ClusterNode): number {
    return this.#scores[node.index] ?? 0;
  }

  count(node: ClusterNode): number {
    return this.#counts[node.index] ?? 0;
  }

  probeMode(node: ClusterNode): ProbeMode {
    const mode = this.#modes[node.index] ?? 0;
    return (mode === 0 ? 0 : mode - 1) as ProbeMode;
  }

  /** The latest change; the others follow from it. */
  get lastStep(): ScoreStep | null {
    return this.#lastStep;
  }

  /** Adds an entry with the given score and the node's own probe mode; replaces an entry that is there. */
  insert(node: ClusterNode, score: number, cause: ScoreCause): void {
    const before = this.has(node) ? this.score(node) : null;
    if (before === null) {
      this.#reserve(node.index + 1);
      this.nodes.push(node);
    }
    // An entry that begins with 0 needs no explanation: every node begins so.
    if (before !== score && (before !== null || score !== 0)) this.#note(node, before, score, cause);
    this.#scores[node.index] = score;
    this.#counts[node.index] = 0;
    this.#modes[node.index] = node.probeMode + 1;
  }

  /** The node must have an entry. */
  setScore(node: ClusterNode, score: number, cause: ScoreCause): void {
    const before = this.#scores[node.index] ?? 0;
    if (before === score) return;
    this.#note(node, before, score, cause);
    this.#scores[node.index] = score;
  }

  #note(node: ClusterNode, before: number | null, after: number, cause: ScoreCause): void {
    this.#lastStep = { node, before, after, cause, previous: this.#lastStep };
  }

  setCount(node: ClusterNode, count: number): void {
    this.#counts[node.index] = count;
  }

  setProbeMode(node: ClusterNode, mode: ProbeMode): void {
    this.#modes[node.index] = mode + 1;
  }

  /** The node has no entry any more. */
  remove(node: ClusterNode): void {
    if (!this.has(node)) return;
    this.#modes[node.index] = 0;
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  clear(): void {
    this.defaultNodeCount = 0;
    this.nodes.length = 0;
    this.#modes.fill(0);
    this.#scores.fill(0);
    this.#counts.fill(0);
  }

  copy(): AllowedNodes {
    const result = new AllowedNodes(0);
    result.assign(this);
    return result;
  }

  /** Makes this table equal to the other one; the arrays are not shared. */
  assign(other: AllowedNodes): void {
    this.#scores = other.#scores.slice();
    this.#counts = other.#counts.slice();
    this.#modes = other.#modes.slice();
    this.#lastStep = other.#lastStep;
    const nodes = other.nodes.slice();
    this.nodes.length = 0;
    for (const node of nodes) this.nodes.push(node);
  }

  #reserve(length: number): void {
    if (length <= this.#modes.length) return;
    const capacity = Math.max(length, this.#modes.length * 2, 8);
    const scores = new Int32Array(capacity);
    scores.set(this.#scores);
    this.#scores = scores;
    const counts = new Int32Array(capacity);
    counts.set(this.#counts);
    this.#counts = counts;
    const modes = new Uint8Array(capacity);
    modes.set(this.#modes);
    this.#modes = modes;
  }
}

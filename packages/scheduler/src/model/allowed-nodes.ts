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
 * One dense array by node index with three columns, so a copy is one block copy and a lookup is one load; there is one table for each
 * resource, so every array that it has is there thousands of times. The nodes of bundles come after all others and are as many as there are
 * replicas, but a resource may use hardly any of them: those that it has are found by a map, and take the places behind. Every change of a score
 * names its cause; a run that explains keeps them. The chain of causes is shared by copies, so a table that is dropped takes its
 * causes with it.
 * Source: scheduler specification, part 2, 1.5.
 */
export class AllowedNodes {
  /** Scores, then counts, then probe modes + 1, with 0 for no entry; `#capacity` of each. */
  #cells: Int32Array;
  #capacity: number;
  /** Nodes below this index have their index as place. */
  #denseCount: number;
  /** The places of the other nodes that have, or had, an entry; at least `#denseCount`, in order of insertion. */
  #places: Map<ClusterNode, number> | null = null;
  /** In order of insertion: the reference iterates hash tables, whose order follows from it (part 2, 23). */
  readonly nodes: ClusterNode[];
  readonly #keepsSteps: boolean;
  #lastStep: ScoreStep | null = null;
  /** How many nodes the cluster had when all of them were last added here. */
  defaultNodeCount = 0;

  /** @param denseCount the nodes that nearly every resource may use, which have the lowest indices */
  constructor(denseCount: number, options: { readonly keepsSteps: boolean }) {
    this.#keepsSteps = options.keepsSteps;
    this.#cells = new Int32Array(COLUMNS * denseCount);
    this.#capacity = denseCount;
    this.#denseCount = denseCount;
    this.nodes = [];
  }

  get size(): number {
    return this.nodes.length;
  }

  has(node: ClusterNode): boolean {
    return this.#mode(node) !== 0;
  }

  /** Undefined behaviour (0) for nodes without entry: ask `has` first where that matters. */
  score(node: ClusterNode): number {
    const place = this.#placeOf(node);
    return place < 0 ? 0 : (this.#cells[place] as number);
  }

  count(node: ClusterNode): number {
    const place = this.#placeOf(node);
    return place < 0 ? 0 : (this.#cells[this.#capacity + place] as number);
  }

  probeMode(node: ClusterNode): ProbeMode {
    const mode = this.#mode(node);
    return (mode === 0 ? 0 : mode - 1) as ProbeMode;
  }

  #mode(node: ClusterNode): number {
    const place = this.#placeOf(node);
    return place < 0 ? 0 : (this.#cells[2 * this.#capacity + place] as number);
  }

  #setMode(node: ClusterNode, mode: number): void {
    const place = this.#placeOf(node);
    if (place >= 0) this.#cells[2 * this.#capacity + place] = mode;
  }

  /** Negative: there is no room for the node. */
  #placeOf(node: ClusterNode): number {
    return node.index < this.#denseCount ? node.index : (this.#places?.get(node) ?? -1);
  }

  /** The latest change; the others follow from it. Null without any, or when none are kept. */
  get lastStep(): ScoreStep | null {
    return this.#lastStep;
  }

  /** Adds an entry with the given score and the node's own probe mode; replaces an entry that is there. */
  insert(node: ClusterNode, score: number, cause: ScoreCause): void {
    const before = this.has(node) ? this.score(node) : null;
    if (before === null) {
      this.#reserve(node);
      this.nodes.push(node);
    }
    // An entry that begins with 0 needs no explanation: every node begins so.
    if (before !== score && (before !== null || score !== 0)) this.#note(node, before, score, cause);
    this.#cells[this.#placeOf(node)] = score;
    this.setCount(node, 0);
    this.#setMode(node, node.probeMode + 1);
  }

  /** The node must have an entry. */
  setScore(node: ClusterNode, score: number, cause: ScoreCause): void {
    const before = this.score(node);
    if (before === score) return;
    this.#note(node, before, score, cause);
    const place = this.#placeOf(node);
    if (place >= 0) this.#cells[place] = score;
  }

  #note(node: ClusterNode, before: number | null, after: number, cause: ScoreCause): void {
    if (this.#keepsSteps) this.#lastStep = { node, before, after, cause, previous: this.#lastStep };
  }

  setCount(node: ClusterNode, count: number): void {
    const place = this.#placeOf(node);
    if (place >= 0) this.#cells[this.#capacity + place] = count;
  }

  setProbeMode(node: ClusterNode, mode: ProbeMode): void {
    this.#setMode(node, mode + 1);
  }

  /** The node has no entry any more. */
  remove(node: ClusterNode): void {
    if (!this.has(node)) return;
    this.#setMode(node, 0);
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  clear(): void {
    this.defaultNodeCount = 0;
    this.nodes.length = 0;
    this.#cells.fill(0);
  }

  copy(): AllowedNodes {
    const result = new AllowedNodes(0, { keepsSteps: this.#keepsSteps });
    result.assign(this);
    return result;
  }

  /** Makes this table equal to the other one; the arrays are not shared. */
  assign(other: AllowedNodes): void {
    this.#cells = other.#cells.slice();
    this.#capacity = other.#capacity;
    this.#denseCount = other.#denseCount;
    this.#places = other.#places === null ? null : new Map(other.#places);
    this.#lastStep = other.#lastStep;
    const nodes = other.nodes.slice();
    this.nodes.length = 0;
    for (const node of nodes) this.nodes.push(node);
  }

  #reserve(node: ClusterNode): void {
    if (this.#placeOf(node) >= 0) return;
    this.#places ??= new Map();
    const place = this.#denseCount + this.#places.size;
    this.#places.set(node, place);
    if (place < this.#capacity) return;
    const capacity = Math.max(place + 2, this.#capacity + (this.#places.size >> 1));
    const cells = new Int32Array(COLUMNS * capacity);
    for (let column = 0; column < COLUMNS; column++) {
      const from = column * this.#capacity;
      cells.set(this.#cells.subarray(from, from + this.#capacity), column * capacity);
    }
    this.#cells = cells;
    this.#capacity = capacity;
  }
}

const COLUMNS = 3;

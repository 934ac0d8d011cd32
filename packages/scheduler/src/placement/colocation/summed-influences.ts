import { INFINITY } from "@quorate/cib";
import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import { type ClusterNode, isAvailable } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { withThisColocations } from "../colocation-lists.ts";
import { comparesNodes, hasOwnName } from "./attribute.ts";
import { handedFactor, hasInfluence } from "./influence.ts";
import { bestByNode, roundedDelta, tableOfSource } from "./source-scores.ts";

/**
 * What a colocation's dependent, and everything that depends on it, adds to a table, as one sum for each node. In a chain of
 * colocated resources (a group is one) each link is asked for the wishes of all links behind it; with the sums, which are made once
 * from the far end, a chain of n links takes n steps in place of the square.
 *
 * A sum can stand for its parts only where these do not depend on the table that they are added to: preferences that count
 * positively, of primitives and groups, compared by node. Everything else has to be walked through, and so has a table of
 * which no node might remain on the way; see `addColocatedScores`.
 *
 * One entry for each colocation that counts in full, with three numbers for each node (24 bytes): 5 MB for 12,800 links and 16
 * nodes. A weaker one loses weight with each link, so that few links are behind it, and is not kept. An entry is dropped as soon
 * as the table of a resource in it may change, which is when that one is assigned.
 */
export class SummedInfluences {
  readonly #byColocation = new Map<Colocation, Influence>();
  /** The entries that begin with the resource's own preferences. */
  readonly #bySource = new Map<Resource, Influence[]>();
  #namesAreOwn: boolean | null = null;

  /** Null when the dependent's part has to be walked through. The target is whose table it is added to. */
  of(cluster: Cluster, target: Resource, colocation: Colocation, factor: number): Influence | null {
    // Whether what is compared by name is compared by node.
    this.#namesAreOwn ??= ordinaryNodes(cluster).every(hasOwnName);
    if (!this.#namesAreOwn || !comparesNodes(target, "#uname")) return null;
    const influence = this.#known(colocation, factor) ?? this.#make(cluster, colocation, factor);
    return influence.isSummable ? influence : null;
  }

  /** The resource's table may change from now on, or will not change any more. */
  forget(resource: Resource): void {
    const pending = this.#bySource.get(resource);
    if (pending === undefined) return;
    this.#bySource.delete(resource);
    for (let influence = pending.pop(); influence !== undefined; influence = pending.pop()) {
      if (this.#byColocation.get(influence.colocation) === influence)
        this.#byColocation.delete(influence.colocation);
      for (const user of influence.users.splice(0)) pending.push(user);
    }
  }

  /** Nodes became available, or no longer are. */
  forgetAll(): void {
    this.#byColocation.clear();
    this.#bySource.clear();
  }

  #known(colocation: Colocation, factor: number): Influence | null {
    const known = this.#byColocation.get(colocation);
    return known?.factor === factor ? known : null;
  }

  /** Keeps its own stack, because chains may be longer than the stack of the machine. */
  #make(cluster: Cluster, colocation: Colocation, factor: number): Influence {
    const open: Influence[] = [this.#begin(cluster, colocation, factor)];
    for (;;) {
      const influence = open[open.length - 1] as Influence;
      const part = influence.nextPart();
      if (part === null) {
        open.pop();
        this.#end(influence);
        const user = open[open.length - 1];
        if (user === undefined) return influence;
        user.add(influence);
        if (!isKept(influence)) influence.release();
        continue;
      }
      const partFactor = handedFactor(influence.factor, part);
      const known = this.#known(part, partFactor);
      if (known !== null) influence.add(known);
      else open.push(this.#begin(cluster, part, partFactor));
    }
  }

  #begin(cluster: Cluster, colocation: Colocation, factor: number): Influence {
    const source = sourceOf(colocation);
    const isSummable =
      source !== null &&
      factor > 0 &&
      comparesNodes(source, colocation.nodeAttribute) &&
      source.allowedNodes.nodes.every(({ index }) => index < cluster.ordinaryNodeCount) &&
      // Its table is changing just now, or it depends on itself.
      !hasFlags(source, ResourceFlag.Assigning) &&
      !hasFlags(source, ResourceFlag.Updating);
    const influence = new Influence(colocation, factor, isSummable ? source : null);
    if (source === null) return influence;
    const ofSource = this.#bySource.get(source);
    if (ofSource === undefined) this.#bySource.set(source, [influence]);
    else ofSource.push(influence);
    if (isSummable) {
      source.flags |= ResourceFlag.Updating;
      influence.addPreferences(ordinaryNodes(cluster));
    }
    return influence;
  }

  #end(influence: Influence): void {
    if (influence.source !== null) influence.source.flags &= ~ResourceFlag.Updating;
    influence.close();
    if (isKept(influence)) this.#byColocation.set(influence.colocation, influence);
  }
}

function isKept({ factor }: Influence): boolean {
  return factor === 1;
}

/** The nodes of bundles have no sums: only what runs in bundles uses them. */
function ordinaryNodes(cluster: Cluster): readonly ClusterNode[] {
  return cluster.nodesByIndex.slice(0, cluster.ordinaryNodeCount);
}

/** Whose preferences come first; null for what is more than a primitive, or part of more than a group. */
function sourceOf({ dependent }: Colocation): Resource | null {
  const source = dependent.group === null ? dependent : dependent.children[0];
  if (source === undefined || source.primitive === null) return null;
  const { parent } = source;
  return parent === null || (parent.group !== null && parent.parent === null) ? source : null;
}

/** One colocation's dependent with what depends on it. */
export class Influence {
  readonly colocation: Colocation;
  readonly factor: number;
  /** Null: not summable. */
  readonly source: Resource | null;
  /** Influences that this one is part of, and that end with it. */
  readonly users: Influence[] = [];
  /** How many colocations a walk would follow from here on. */
  stepCount = 0;
  isSummable: boolean;
  #parts: readonly Colocation[];
  #nextIndex = 0;
  /**
   * By node index, three for each: the sum of all that is added; the lowest and the highest sum on the way. Infinite once
   * something infinite is added; minus infinity is for good.
   */
  #sums: Float64Array;

  constructor(colocation: Colocation, factor: number, source: Resource | null) {
    this.colocation = colocation;
    this.factor = factor;
    this.source = source;
    this.isSummable = source !== null;
    this.#parts = source === null ? NO_COLOCATIONS : withThisColocations(source);
    this.#sums = NO_SUMS;
  }

  addPreferences(nodes: readonly ClusterNode[]): void {
    if (this.source === null) return;
    const allowed = tableOfSource(this.source, this.colocation);
    this.#sums = new Float64Array(COLUMNS * nodes.length);
    for (const node of nodes) {
      const delta = roundedDelta(this.factor, bestByNode(allowed, node));
      const sum = delta <= -INFINITY ? -Infinity : delta >= INFINITY ? Infinity : delta;
      this.#append(COLUMNS * node.index, sum, sum, sum);
    }
  }

  /** What depends on the source and was not added yet; null: nothing. */
  nextPart(): Colocation | null {
    while (this.isSummable) {
      const part = this.#parts[this.#nextIndex++];
      if (part === undefined) return null;
      if (hasInfluence(part) && handedFactor(this.factor, part) !== 0) return part;
    }
    return null;
  }

  add(part: Influence): void {
    part.users.push(this);
    this.stepCount += 1 + part.stepCount;
    if (!part.isSummable) {
      this.isSummable = false;
      return;
    }
    const sums = part.#sums;
    for (let at = 0; at < this.#sums.length; at += COLUMNS)
      this.#append(at, sums[at] as number, sums[at + LOWEST] as number, sums[at + HIGHEST] as number);
  }

  #append(at: number, sum: number, lowest: number, highest: number): void {
    const sums = this.#sums;
    const before = sums[at] as number;
    sums[at] = sum === -Infinity || before === -Infinity ? -Infinity : before + sum;
    sums[at + LOWEST] = Math.min(
      sums[at + LOWEST] as number,
      lowest === -Infinity ? lowest : before + lowest,
    );
    // What comes after minus infinity counts no more.
    if (before !== -Infinity) sums[at + HIGHEST] = Math.max(sums[at + HIGHEST] as number, before + highest);
  }

  /** Nothing more is added. */
  close(): void {
    this.#parts = NO_COLOCATIONS;
    if (!this.isSummable) this.release();
  }

  release(): void {
    this.#sums = NO_SUMS;
  }

  /**
   * Adds the sums to the table, as if the parts had been added one by one. Null when that might differ: when no node might
   * remain on the way, at which point a walk turns back, or when a score might reach both ends of the scale.
   */
  addTo(table: AllowedNodes): AllowedNodes | null {
    const sums = this.#sums;
    let leavesNode = false;
    for (const node of table.nodes) {
      const score = table.score(node);
      if (COLUMNS * node.index >= sums.length) return null;
      const lowest = sums[COLUMNS * node.index + LOWEST] as number;
      const highest = sums[COLUMNS * node.index + HIGHEST] as number;
      const mayReachBothEnds = score + lowest <= -INFINITY && score + highest >= INFINITY;
      if (mayReachBothEnds && Math.abs(score) < INFINITY && lowest !== -Infinity) return null;
      if (isAvailable(node) && score >= 0 && keepsPositive(score, lowest)) leavesNode = true;
    }
    if (!leavesNode) return null;
    const result = table.copy();
    for (const node of table.nodes)
      result.setScore(node, this.#sumOn(COLUMNS * node.index, table.score(node)), SUM);
    return result;
  }

  #sumOn(at: number, score: number): number {
    const sums = this.#sums;
    const lowest = sums[at + LOWEST] as number;
    if (score <= -INFINITY || lowest === -Infinity) return -INFINITY;
    if (score >= INFINITY || score + (sums[at + HIGHEST] as number) >= INFINITY) return INFINITY;
    return score + lowest <= -INFINITY ? -INFINITY : score + (sums[at] as number);
  }
}

function keepsPositive(score: number, lowest: number): boolean {
  return score >= INFINITY ? lowest > -Infinity : score + lowest >= 0;
}

/** Runs that keep causes add one by one. */
const SUM = { kind: "sum-of-influences" } as const;
const NO_COLOCATIONS: readonly Colocation[] = [];
const NO_SUMS = new Float64Array(0);
const COLUMNS = 3;
const LOWEST = 1;
const HIGHEST = 2;

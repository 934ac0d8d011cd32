import { addScores, INFINITY } from "@quorate/cib";
import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import type { Location } from "../../model/location.ts";
import { type ClusterNode, isAvailable } from "../../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { thisWithColocations, withThisColocations } from "../colocation-lists.ts";
import { addLocationScores } from "../criteria/apply-locations.ts";
import { hasAvailableNode } from "../node-comparison.ts";
import { colocationValue, comparesNodes, hasOwnName } from "./attribute.ts";
import { otherSide } from "./compare-colocations.ts";
import { hasInfluence } from "./influence.ts";

/** Marks a node whose score would have become negative; no ordinary score is as low. Source: part 2, 14.4.6. */
const WOULD_BE_NEGATIVE = -100_000_000;

export interface ColocatedScores {
  /** Whose preferences are added; then those of what is colocated with it, and so on. */
  readonly source: Resource;
  /** On whose behalf node attributes are read. */
  readonly target: Resource;
  /** Null: begin with the source's own table. */
  readonly table: AllowedNodes | null;
  /** Null exactly when there is no table. */
  readonly colocation: Colocation | null;
  /** Single precision; how much of the source's preference counts, -1 to 1. */
  readonly factor: number;
  /** Leave the table as it is when no node would remain. */
  readonly isActive: boolean;
  /** Scores that are not negative do not become so. */
  readonly isNonNegative: boolean;
  /** Follow what the source is colocated with, instead of what is colocated with it. */
  readonly followsThisWith: boolean;
}

/** A colocation's score as a factor. Source: scheduler specification, part 2, 1.7. */
export function factorOf(score: number): number {
  return Math.fround(Math.fround(score) / INFINITY);
}

/**
 * Adds the preferences of a dependent, and of everything that depends on it, to a table. Returns the table to use: a new
 * one, or the given one when nothing may change. Source: part 2, 14.3.
 */
export function addColocatedScores(cluster: Cluster, request: ColocatedScores): AllowedNodes {
  const { source } = request;
  if (hasFlags(source, ResourceFlag.Updating)) return request.table ?? source.allowedNodes;
  source.flags |= ResourceFlag.Updating;
  const result = source.group !== null ? throughMember(cluster, request) : fromSource(cluster, request);
  source.flags &= ~ResourceFlag.Updating;
  return result;
}

function throughMember(cluster: Cluster, request: ColocatedScores): AllowedNodes {
  const members = request.source.children;
  const member = request.table === null ? members[members.length - 1] : members[0];
  if (member === undefined) return request.table ?? request.source.allowedNodes;
  return addColocatedScores(cluster, { ...request, source: member });
}

function fromSource(cluster: Cluster, request: ColocatedScores): AllowedNodes {
  const { source, table, colocation } = request;
  let work: AllowedNodes;
  let target = request.target;
  if (table === null || colocation === null) {
    work = source.allowedNodes.copy();
    target = source;
  } else {
    work = table.copy();
    addScoresOfSource(request, work, colocation);
  }
  if (hasAvailableNode(work)) {
    work = addFurtherScores(cluster, { ...request, target }, work);
  } else if (request.isActive) {
    return table ?? source.allowedNodes;
  }
  if (request.isNonNegative) {
    for (const node of work.nodes)
      if (work.score(node) === WOULD_BE_NEGATIVE) {
        work.setScore(node, 1, { kind: "not-negative" });
      }
  }
  return work;
}

function addFurtherScores(cluster: Cluster, request: ColocatedScores, start: AllowedNodes): AllowedNodes {
  const { source, followsThisWith } = request;
  const side = followsThisWith ? "this-with" : "with-this";
  const colocations = followsThisWith ? thisWithColocations(source) : withThisColocations(source);
  let table = start;
  for (const colocation of colocations) {
    if (!followsThisWith && !hasInfluence(colocation)) continue;
    const product = Math.fround(request.factor * Math.fround(colocation.score));
    table = addColocatedScores(cluster, {
      ...request,
      source: otherSide(colocation, side),
      table,
      colocation,
      factor: Math.fround(product / INFINITY),
      isActive: true,
    });
  }
  return table;
}

/** Source: part 2, 14.4. */
function addScoresOfSource(request: ColocatedScores, work: AllowedNodes, colocation: Colocation): void {
  const { factor, isNonNegative } = request;
  const bestScoreOn = bestScores(request, colocation);
  const mayPush = factor >= 0 || mayPushAway(colocation);
  for (const node of work.nodes) {
    const best = bestScoreOn(node);
    if (factor < 0 && best < 0 && (!mayPush || colocation.primary.stickiness >= -best)) continue;
    const score = work.score(node);
    if (score === WOULD_BE_NEGATIVE) continue;
    const delta = roundedDelta(factor, best);
    const sum = addScores(delta, score);
    if (sum === score || (isNonNegative && sum < 0 && score === 0)) continue;
    const cause = {
      kind: "influence",
      constraint: colocation.id,
      dependent: request.source.id,
      factor,
      wish: best,
    } as const;
    work.setScore(node, isNonNegative && sum < 0 && score > 0 ? WOULD_BE_NEGATIVE : sum, cause);
  }
}

/** Half away from zero; a preference never vanishes altogether. */
function roundedDelta(factor: number, best: number): number {
  const exact = Math.fround(factor * best);
  const delta = Math.trunc(exact < 0 ? exact - 0.5 : exact + 0.5);
  if (delta === 0 && best !== 0) return factor > 0 ? 1 : factor < 0 ? -1 : 0;
  return delta;
}

/** Where the dependent of an anti-colocation cannot go is only of interest if it has one node left. */
function mayPushAway(colocation: Colocation): boolean {
  if (!hasInfluence(colocation)) return false;
  const allowed = colocation.dependent.allowedNodes;
  let count = 0;
  for (const node of allowed.nodes) if (allowed.score(node) >= 0) count++;
  return count === 1;
}

/**
 * For each node, the best score that the source has on a matching node; -INFINITY without one. Source: part 2, 14.4.2.
 */
function bestScores(request: ColocatedScores, colocation: Colocation): (node: ClusterNode) => number {
  const { source, target } = request;
  const allowed = tableOfSource(source, colocation);
  const attribute = colocation.nodeAttribute;
  const byValue = lazily(() => bestByValue(source, allowed, attribute));
  const scoreByValue = (node: ClusterNode) =>
    byValue().get(colocationValue(node, target, attribute)) ?? -INFINITY;
  const isByNode =
    comparesNodes(source, attribute) && comparesNodes(target, attribute) && allowed.nodes.every(hasOwnName);
  if (!isByNode) return scoreByValue;
  return (node) => {
    if (!hasOwnName(node)) return scoreByValue(node);
    return allowed.has(node) && isAvailable(node) ? allowed.score(node) : -INFINITY;
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function bestByValue(source: Resource, allowed: AllowedNodes, attribute: string): Map<string | null, number> {
  const best = new Map<string | null, number>();
  for (const node of allowed.nodes) {
    if (!isAvailable(node)) continue;
    const value = colocationValue(node, source, attribute);
    const score = allowed.score(node);
    if (score > (best.get(value) ?? -INFINITY)) best.set(value, score);
  }
  return best;
}

/** Later members of a group do not carry the group's own preferences, but here they count. */
function tableOfSource(source: Resource, colocation: Colocation): AllowedNodes {
  const group = source.parent;
  if (source !== colocation.dependent || !colocation.isExplicit) return source.allowedNodes;
  if (group === null || group.group === null || group.children[0] === source) return source.allowedNodes;
  if (group.locations.length === 0) return source.allowedNodes;
  const copy = source.allowedNodes.copy();
  const locations = group.locations;
  for (let index = locations.length - 1; index >= 0; index--)
    addLocationScores(copy, locations[index] as Location);
  return copy;
}

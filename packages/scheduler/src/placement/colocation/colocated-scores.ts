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
 * Preferences are handed on along every path of colocations. A few dozen resources that are all colocated with each
 * other have more paths than can ever be walked: beyond this many steps of a run, and the square of the number of
 * resources, which a long chain needs, nothing more is handed on.
 */
const STEPS_MAX = 200_000;

/**
 * Adds the preferences of a dependent, and of everything that depends on it, to a table. Returns the table to use: a new
 * one, or the given one when nothing changes. Source: part 2, 14.3.
 *
 * The walk keeps its own stack, because chains of colocations may be longer than the stack of the machine.
 */
export function addColocatedScores(cluster: Cluster, request: ColocatedScores): AllowedNodes {
  const visits: Visit[] = [];
  let entered = enter(request);
  for (;;) {
    if (entered.visit !== null) visits.push(entered.visit);
    const visit = visits[visits.length - 1];
    if (visit === undefined) return entered.table;
    // A visit that was entered just now continues with its own table, an older one with what came back.
    visit.table = entered.table;
    const next = nextRequest(cluster, visit);
    if (next !== null) {
      entered = enter(next);
      continue;
    }
    visits.pop();
    for (const locked of visit.locked) locked.flags &= ~ResourceFlag.Updating;
    entered = { visit: null, table: withoutMarks(visit.request, visit.table) };
  }
}

/** One source whose dependents (or primaries) are being gone through. */
interface Visit {
  readonly request: ColocatedScores;
  readonly colocations: readonly Colocation[];
  nextIndex: number;
  table: AllowedNodes;
  /** The source, and the group that it stands for. */
  readonly locked: readonly Resource[];
}

/** `visit` is null when the walk ends here; `table` is the table so far. */
interface Entered {
  readonly visit: Visit | null;
  readonly table: AllowedNodes;
}

function enter(given: ColocatedScores): Entered {
  const locked: Resource[] = [];
  const leave = (table: AllowedNodes): Entered => {
    for (const resource of locked) resource.flags &= ~ResourceFlag.Updating;
    return { visit: null, table };
  };
  let source = given.source;
  for (;;) {
    const unchanged = given.table ?? source.allowedNodes;
    if (hasFlags(source, ResourceFlag.Updating)) return leave(unchanged);
    source.flags |= ResourceFlag.Updating;
    locked.push(source);
    if (source.group === null) break;
    const member = given.table === null ? source.children.at(-1) : source.children[0];
    if (member === undefined) return leave(unchanged);
    source = member;
  }
  const { table, colocation } = given;
  const isStart = table === null || colocation === null;
  const request = { ...given, source, target: isStart ? source : given.target };
  const work = isStart ? source.allowedNodes : addScoresOfSource(request, table, colocation);
  if (!hasAvailableNode(work)) {
    return leave(given.isActive ? (table ?? source.allowedNodes) : withoutMarks(request, work));
  }
  const colocations = request.followsThisWith ? thisWithColocations(source) : withThisColocations(source);
  return { visit: { request, colocations, nextIndex: 0, table: work, locked }, table: work };
}

/** Where the walk goes next from here; null when all were visited. */
function nextRequest(cluster: Cluster, visit: Visit): ColocatedScores | null {
  const { request, colocations, table } = visit;
  const { followsThisWith } = request;
  while (visit.nextIndex < colocations.length) {
    const colocation = colocations[visit.nextIndex++] as Colocation;
    if (!followsThisWith && !hasInfluence(colocation)) continue;
    const other = otherSide(colocation, followsThisWith ? "this-with" : "with-this");
    if (hasFlags(other, ResourceFlag.Updating)) continue;
    if (!mayStep(cluster)) return null;
    const product = Math.fround(request.factor * Math.fround(colocation.score));
    return {
      ...request,
      source: other,
      table,
      colocation,
      factor: Math.fround(product / INFINITY),
      isActive: true,
    };
  }
  return null;
}

/** Scores that were only kept from becoming negative are the least positive ones. Source: part 2, 14.3.5. */
function withoutMarks(request: ColocatedScores, table: AllowedNodes): AllowedNodes {
  if (!request.isNonNegative || !table.nodes.some((node) => table.score(node) === WOULD_BE_NEGATIVE)) {
    return table;
  }
  const result = table.copy();
  for (const node of result.nodes) {
    if (result.score(node) === WOULD_BE_NEGATIVE) result.setScore(node, 1, { kind: "not-negative" });
  }
  return result;
}

/** Counts a step; false when the run has had its share. */
function mayStep(cluster: Cluster): boolean {
  const stepsMax = STEPS_MAX + cluster.resourcesByIndex.length ** 2;
  if (cluster.colocationSteps === stepsMax) {
    cluster.diagnostics.push({
      severity: "warning",
      code: "colocations-entangled",
      message:
        "so many resources are colocated with each other that not all of their preferences can be weighed; placement obeys every constraint but may not be the best. Use one sequential resource set, or a group, instead of constraints between all of them.",
      elementId: null,
      line: 0,
    });
  }
  cluster.colocationSteps++;
  return cluster.colocationSteps <= stepsMax;
}

/** The table with the source's own preferences; the given one if they change nothing. Source: part 2, 14.4. */
function addScoresOfSource(
  request: ColocatedScores,
  given: AllowedNodes,
  colocation: Colocation,
): AllowedNodes {
  let work = given;
  const { factor, isNonNegative } = request;
  const bestScoreOn = bestScores(request, colocation);
  const mayPush = factor >= 0 || mayPushAway(colocation);
  for (const node of given.nodes) {
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
    if (work === given) work = given.copy();
    work.setScore(node, isNonNegative && sum < 0 && score > 0 ? WOULD_BE_NEGATIVE : sum, cause);
  }
  return work;
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

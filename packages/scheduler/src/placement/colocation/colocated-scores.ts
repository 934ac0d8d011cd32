import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { thisWithColocations, withThisColocations } from "../colocation-lists.ts";
import { hasAvailableNode } from "../node-comparison.ts";
import { otherSide } from "./compare-colocations.ts";
import { handedFactor, hasInfluence } from "./influence.ts";
import { addScoresOfSource, type SourceRequest, WOULD_BE_NEGATIVE } from "./source-scores.ts";

/** The source's preferences are added; then those of what is colocated with it, and so on. */
export interface ColocatedScores extends SourceRequest {
  /** Null: begin with the source's own table. */
  readonly table: AllowedNodes | null;
  /** Null exactly when there is no table. */
  readonly colocation: Colocation | null;
  /** Leave the table as it is when no node would remain. */
  readonly isActive: boolean;
  /** Follow what the source is colocated with, instead of what is colocated with it. */
  readonly followsThisWith: boolean;
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
  let entered = enter(cluster, request);
  for (;;) {
    if (entered.visit !== null) visits.push(entered.visit);
    const visit = visits[visits.length - 1];
    if (visit === undefined) return entered.table;
    // A visit that was entered just now continues with its own table, an older one with what came back.
    visit.table = entered.table;
    const next = nextRequest(cluster, visit);
    if (next !== null) {
      entered = enter(cluster, next);
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

function enter(cluster: Cluster, given: ColocatedScores): Entered {
  const summed = addSum(cluster, given);
  if (summed !== null) return { visit: null, table: summed };
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
  const { factor, isActive, isNonNegative, followsThisWith } = given;
  const target = isStart ? source : given.target;
  const request = { source, target, table, colocation, factor, isActive, isNonNegative, followsThisWith };
  const work = isStart ? source.allowedNodes : addScoresOfSource(request, table, colocation);
  if (!hasAvailableNode(work)) {
    return leave(given.isActive ? (table ?? source.allowedNodes) : withoutMarks(request, work));
  }
  const colocations = request.followsThisWith ? thisWithColocations(source) : withThisColocations(source);
  return { visit: { request, colocations, nextIndex: 0, table: work, locked }, table: work };
}

/** The same as a walk from here on would bring, at once; null when it has to be walked. */
function addSum(cluster: Cluster, request: ColocatedScores): AllowedNodes | null {
  const { table, colocation, factor, target } = request;
  if (table === null || colocation === null || request.isNonNegative || request.followsThisWith) return null;
  if (cluster.isExplaining) return null;
  const influence = cluster.influences.of(cluster, target, colocation, factor);
  if (influence === null || cluster.colocationSteps + influence.stepCount > stepsMax(cluster)) return null;
  const sum = influence.addTo(table);
  if (sum !== null) cluster.colocationSteps += influence.stepCount;
  return sum;
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
    const factor = handedFactor(request.factor, colocation);
    // Nothing counts any more, from here on; but marks would be taken away.
    if (factor === 0 && !request.isNonNegative) continue;
    if (!mayStep(cluster)) return null;
    const { target, isNonNegative } = request;
    return {
      source: other,
      target,
      table,
      colocation,
      factor,
      isActive: true,
      isNonNegative,
      followsThisWith,
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
  if (cluster.colocationSteps === stepsMax(cluster)) {
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
  return cluster.colocationSteps <= stepsMax(cluster);
}

function stepsMax(cluster: Cluster): number {
  return STEPS_MAX + cluster.resourcesByIndex.length ** 2;
}

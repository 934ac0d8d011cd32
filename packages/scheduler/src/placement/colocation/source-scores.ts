import { addScores, INFINITY } from "@quorate/cib";
import type { AllowedNodes } from "../../model/allowed-nodes.ts";
import type { Colocation } from "../../model/colocation.ts";
import type { Location } from "../../model/location.ts";
import { type ClusterNode, isAvailable } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import { addLocationScores } from "../criteria/apply-locations.ts";
import { colocationValue, comparesNodes, hasOwnName } from "./attribute.ts";
import { hasInfluence } from "./influence.ts";

/** Marks a node whose score would have become negative; no ordinary score is as low. Source: part 2, 14.4.6. */
export const WOULD_BE_NEGATIVE = -100_000_000;

/** One resource's preferences on their way to a table. */
export interface SourceRequest {
  readonly source: Resource;
  /** On whose behalf node attributes are read. */
  readonly target: Resource;
  /** Single precision; how much of the source's preference counts, -1 to 1. */
  readonly factor: number;
  /** Scores that are not negative do not become so. */
  readonly isNonNegative: boolean;
}

/** The table with the source's own preferences; the given one if they change nothing. Source: part 2, 14.4. */
export function addScoresOfSource(
  request: SourceRequest,
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

/** What a preference adds: half away from zero; it never vanishes altogether. */
export function roundedDelta(factor: number, best: number): number {
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
function bestScores(request: SourceRequest, colocation: Colocation): (node: ClusterNode) => number {
  const { source, target } = request;
  const allowed = tableOfSource(source, colocation);
  const attribute = colocation.nodeAttribute;
  const byValue = lazily(() => bestByValue(source, allowed, attribute));
  const scoreByValue = (node: ClusterNode) =>
    byValue().get(colocationValue(node, target, attribute)) ?? -INFINITY;
  const isByNode =
    comparesNodes(source, attribute) && comparesNodes(target, attribute) && allowed.nodes.every(hasOwnName);
  if (!isByNode) return scoreByValue;
  return (node) => (hasOwnName(node) ? bestByNode(allowed, node) : scoreByValue(node));
}

/** The best score on a matching node, where nodes match only themselves. */
export function bestByNode(allowed: AllowedNodes, node: ClusterNode): number {
  return allowed.has(node) && isAvailable(node) ? allowed.score(node) : -INFINITY;
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
export function tableOfSource(source: Resource, colocation: Colocation): AllowedNodes {
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

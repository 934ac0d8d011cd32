import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import type { Resource } from "../../model/resource.ts";
import { addColocatedScores } from "./colocated-scores.ts";
import { factorOf, hasInfluence } from "./influence.ts";

/** Lets the preferences of a colocation's dependent count in the primary's table. Source: part 2, 14.1. */
export function applyInfluence(cluster: Cluster, primary: Resource, colocation: Colocation): void {
  if (!hasInfluence(colocation)) return;
  primary.allowedNodes = addColocatedScores(cluster, {
    source: colocation.dependent,
    target: primary,
    table: primary.allowedNodes,
    colocation,
    factor: factorOf(colocation.score),
    isActive: true,
    isNonNegative: primary.clone !== null,
    followsThisWith: false,
  });
}

import { INFINITY } from "@quorate/cib";
import type { Cluster } from "../../model/cluster.ts";
import type { Colocation } from "../../model/colocation.ts";
import { orderAntiColocation } from "../../orderings/anti-colocations.ts";
import { insertColocation } from "./compare-colocations.ts";

/** Enters a colocation in the lists of both resources; a score of 0 means nothing. Source: part 2, 5.2. */
export function addColocation(cluster: Cluster, facts: Omit<Colocation, "index">): void {
  if (facts.score === 0) return;
  const colocation: Colocation = { index: cluster.colocations.length, ...facts };
  cluster.colocations.push(colocation);
  insertColocation(facts.dependent.thisWithColocations, colocation, "this-with");
  insertColocation(facts.primary.withThisColocations, colocation, "with-this");
  if (facts.score <= -INFINITY) orderAntiColocation(cluster, colocation);
}

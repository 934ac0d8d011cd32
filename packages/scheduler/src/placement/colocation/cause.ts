import type { Colocation } from "../../model/colocation.ts";
import type { ClusterNode } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import type { ScoreCause } from "../../model/score-cause.ts";

/** Why scores change by a colocation with that primary, which is on that node (null: nowhere, or on several). */
export function causeOf(colocation: Colocation, primary: Resource, place: ClusterNode | null): ScoreCause {
  return {
    kind: "colocation",
    constraint: colocation.id,
    with: primary.id,
    withNode: place?.name ?? null,
  };
}

import { addScores } from "@quorate/cib";
import { isAvailable } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import { presenceOf, promotionScore } from "./promotion-score.ts";

/**
 * Lets the instances of a promotable clone prefer the nodes where they want to be promoted; once per run.
 * Source: scheduler specification, part 2, 17.1.
 */
export function addPromotionScores(clone: Resource): void {
  const facts = clone.clone;
  if (facts === null || facts.hasPromotionScores) return;
  facts.hasPromotionScores = true;
  const presences = presenceOf(clone);
  for (const instance of clone.children) {
    const allowed = instance.allowedNodes;
    for (const node of allowed.nodes) {
      if (!isAvailable(node)) continue;
      const { score } = promotionScore(instance, node, presences);
      if (score <= 0) continue;
      allowed.setScore(node, addScores(allowed.score(node), score), { kind: "promotion-score" });
      if (score > instance.priority) instance.priority = score;
    }
  }
}

import { parseScore } from "@quorate/cib";
import { forEachLeaf } from "../../model/ancestry.ts";
import type { ClusterNode } from "../../model/node.ts";
import { nodeAttribute } from "../../model/nodes/attributes.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";

/** How much the agent wants to be promoted on a node. */
export interface PromotionScore {
  readonly score: number;
  /** Nothing was said: the score is 0 because there is none. */
  readonly isDefault: boolean;
}

const NOTHING_SAID: PromotionScore = { score: 0, isDefault: true };

/** Where the instances of a clone were found: by the configured id of the primitive in them. */
export type ClonePresence = ReadonlyMap<string, Presence>;

interface Presence {
  readonly active: Set<ClusterNode>;
  readonly known: Set<ClusterNode>;
}

/** Collected once per clone, so that a score is found without a walk over all instances. */
export function presenceOf(clone: Resource): ClonePresence {
  const presences = new Map<string, Presence>();
  forEachLeaf(clone, (primitive) => {
    let presence = presences.get(primitive.configuredId);
    if (presence === undefined) {
      presence = { active: new Set(), known: new Set() };
      presences.set(primitive.configuredId, presence);
    }
    for (const node of primitive.activeNodes) presence.active.add(node);
    for (const node of primitive.knownNodes) presence.known.add(node);
  });
  return presences;
}

/** Source: scheduler specification, part 2, 17.7. */
export function promotionScore(
  instance: Resource,
  node: ClusterNode,
  presences: ClonePresence,
): PromotionScore {
  if (instance.children.length > 0) {
    let sum = 0;
    let isDefault = true;
    for (const member of instance.children) {
      const part = promotionScore(member, node, presences);
      sum += part.score;
      if (!part.isDefault) isDefault = false;
    }
    return { score: sum, isDefault };
  }
  if (!applies(instance, node, presences)) return NOTHING_SAID;
  const value = promotionAttribute(instance, node);
  return value === null ? NOTHING_SAID : { score: parseScore(value).score, isDefault: false };
}

/** A score left by another instance, or on a node that is not allowed, says nothing about this one. */
function applies(instance: Resource, node: ClusterNode, presences: ClonePresence): boolean {
  if (!instance.allowedNodes.has(node) || instance.allowedNodes.score(node) < 0) return false;
  if (!hasFlags(instance, ResourceFlag.Unique)) {
    if (instance.activeNodes.includes(node)) return true;
    const presence = presences.get(instance.configuredId);
    if (presence !== undefined && !presence.active.has(node) && presence.known.has(node)) return true;
  }
  if (instance.activeNodes.length === 0 && instance.knownNodes.size === 0) return true;
  return instance.knownNodes.has(node) || instance.activeNodes.includes(node);
}

function promotionAttribute(instance: Resource, node: ClusterNode): string | null {
  const lookup = {
    target: instance.meta.get("container-attribute-target") ?? null,
    hostOf: hasFlags(instance, ResourceFlag.Unassigned) ? "current" : "assigned",
  } as const;
  const value = nodeAttribute(node, `master-${instance.historyName ?? instance.id}`, lookup);
  if (value !== null || hasFlags(instance, ResourceFlag.Unique)) return value;
  return nodeAttribute(node, `master-${instance.id.replace(/:\d+$/, "")}`, lookup);
}

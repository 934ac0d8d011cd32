import { parseBoolean, parseScore } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import type { Resource } from "../../model/resource.ts";
import { attributeOf } from "../../model/xml-attribute.ts";
import { findConstraintResource } from "../constraint-resource.ts";
import { membersOf, setsOf } from "../constraint-sets.ts";
import { noteProblem, noteUnknownResource } from "./problem.ts";
import { type ColocationSource, colocate } from "./read-colocation.ts";

/** Colocates the members of each set, and each set with the one before. Source: scheduler specification, part 2, 5.1.2. */
export function readColocationSets(cluster: Cluster, source: ColocationSource): void {
  let previous: XmlElement | null = null;
  for (const set of setsOf(cluster, source.constraint)) {
    if (attributeOf(set, "id") === null) {
      noteProblem(cluster, source.constraint, "constraint-invalid", "has a set without id, which is ignored");
      continue;
    }
    colocateWithin(cluster, source, set);
    if (previous !== null) colocateBetween(cluster, source, previous, set);
    previous = set;
  }
}

/** Source: part 2, 5.3. */
function colocateWithin(cluster: Cluster, source: ColocationSource, set: XmlElement): void {
  const parsed = parseScore(attributeOf(set, "score"), cluster.options.healthScores, source.score);
  if (!parsed.isValid) {
    noteProblem(
      cluster,
      source.constraint,
      "constraint-invalid",
      "has a set with an invalid score, which is ignored",
    );
    return;
  }
  if (parsed.score === 0 || !isSequential(set)) return;
  const members: { readonly id: string; readonly resource: Resource }[] = [];
  for (const id of membersOf(set)) {
    const resource = findConstraintResource(cluster, id);
    if (resource === null) {
      noteUnknownResource(cluster, source.constraint, id);
      break;
    }
    members.push({ id, resource });
  }
  const role = attributeOf(set, "role");
  const pair = (dependent: Resource, primary: Resource, influencer: Resource) =>
    colocate(cluster, source, {
      id: set.id ?? "",
      dependent,
      primary,
      dependentRole: role,
      primaryRole: role,
      score: parsed.score,
      influencer,
    });
  const ordering = attributeOf(set, "ordering");
  const isReversed = ordering !== null && ordering !== "group";
  for (const [index, member] of members.entries()) {
    if (parsed.score > 0) {
      const before = members[index - 1];
      if (before === undefined) continue;
      if (isReversed) pair(before.resource, member.resource, member.resource);
      else pair(member.resource, before.resource, member.resource);
      continue;
    }
    // The walk ends at the member's own id; one that stands for its clone has another one, and meets all others.
    for (const earlier of members) {
      if (earlier.id === member.resource.id) break;
      pair(member.resource, earlier.resource, member.resource);
    }
  }
}

/** Source: part 2, 5.4. */
function colocateBetween(
  cluster: Cluster,
  source: ColocationSource,
  first: XmlElement,
  second: XmlElement,
): void {
  if (source.score === 0) return;
  const dependents = isSequential(first) ? membersOf(first).slice(0, 1) : membersOf(first);
  const primaries = isSequential(second) ? membersOf(second).slice(-1) : membersOf(second);
  for (const dependentId of dependents) {
    const dependent = findConstraintResource(cluster, dependentId);
    if (dependent === null) {
      noteUnknownResource(cluster, source.constraint, dependentId);
      return;
    }
    for (const primaryId of primaries) {
      const primary = findConstraintResource(cluster, primaryId);
      if (primary === null) {
        noteUnknownResource(cluster, source.constraint, primaryId);
        return;
      }
      colocate(cluster, source, {
        id: source.constraint.id ?? "",
        dependent,
        primary,
        dependentRole: attributeOf(first, "role"),
        primaryRole: attributeOf(second, "role"),
        score: source.score,
        influencer: dependent,
      });
    }
  }
}

function isSequential(set: XmlElement): boolean {
  return parseBoolean(attributeOf(set, "sequential")) !== false;
}

import { parseBoolean, parseScore } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../model/resource.ts";
import { attributeOf } from "../../model/xml-attribute.ts";
import { addColocation } from "../colocation/new-colocation.ts";
import { findConstraintResource } from "../constraint-resource.ts";
import { noteProblem, noteUnknownResource } from "./problem.ts";
import { readColocationSets } from "./read-colocation-sets.ts";
import { parseConstraintRole } from "./role-text.ts";

/** What all colocations that come from one constraint share. */
export interface ColocationSource {
  readonly constraint: XmlElement;
  readonly score: number;
  readonly influence: string | null;
  readonly nodeAttribute: string;
}

/** Reads an `rsc_colocation`. Source: scheduler specification, part 2, 5.1. */
export function readColocation(cluster: Cluster, constraint: XmlElement): void {
  const parsed = parseScore(attributeOf(constraint, "score"), cluster.options.healthScores);
  if (!parsed.isValid) {
    noteProblem(cluster, constraint, "constraint-invalid", "has a score that is none and is ignored");
    return;
  }
  const source: ColocationSource = {
    constraint,
    score: parsed.score,
    influence: attributeOf(constraint, "influence"),
    nodeAttribute: attributeOf(constraint, "node-attribute") ?? "#uname",
  };
  if (constraint.first("resource_set") !== null) {
    readColocationSets(cluster, source);
    return;
  }
  const dependent = namedResource(cluster, constraint, "rsc");
  const primary = namedResource(cluster, constraint, "with-rsc");
  if (dependent === null || primary === null) return;
  colocate(cluster, source, {
    id: constraint.id ?? "",
    dependent,
    primary,
    dependentRole: attributeOf(constraint, "rsc-role"),
    primaryRole: attributeOf(constraint, "with-rsc-role"),
    score: source.score,
    influencer: dependent,
  });
}

function namedResource(cluster: Cluster, constraint: XmlElement, attribute: string): Resource | null {
  const id = attributeOf(constraint, attribute);
  const resource = id === null ? null : findConstraintResource(cluster, id);
  if (resource === null) noteUnknownResource(cluster, constraint, id);
  return resource;
}

export interface ColocationRequest {
  readonly id: string;
  readonly dependent: Resource;
  readonly primary: Resource;
  readonly dependentRole: string | null;
  readonly primaryRole: string | null;
  readonly score: number;
  /** The resource of which `critical` decides the influence when the constraint does not. */
  readonly influencer: Resource;
}

/** Source: part 2, 5.2. */
export function colocate(cluster: Cluster, source: ColocationSource, request: ColocationRequest): void {
  const dependentRole = parseConstraintRole(request.dependentRole);
  const primaryRole = parseConstraintRole(request.primaryRole);
  if (dependentRole === null || primaryRole === null) {
    noteProblem(
      cluster,
      source.constraint,
      "constraint-invalid",
      "has a role that does not exist and is ignored",
    );
    return;
  }
  addColocation(cluster, {
    id: request.id,
    dependent: request.dependent,
    primary: request.primary,
    dependentRole,
    primaryRole,
    score: request.score,
    nodeAttribute: source.nodeAttribute,
    hasInfluence: parseBoolean(source.influence) ?? hasFlags(request.influencer, ResourceFlag.Critical),
    isExplicit: true,
  });
}

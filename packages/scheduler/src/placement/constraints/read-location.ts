import { parseScore } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { createLocation, type Location } from "../../model/location.ts";
import { ProbeMode } from "../../model/node.ts";
import { type Resource, ResourceFlag } from "../../model/resource.ts";
import { attributeOf } from "../../model/xml-attribute.ts";
import { findConstraintResource } from "../constraint-resource.ts";
import { membersOf, setsOf } from "../constraint-sets.ts";
import { noteProblem, noteUnknownResource } from "./problem.ts";
import { readLocationRule } from "./read-location-rule.ts";
import { matchPattern } from "./resource-pattern.ts";
import { parseLocationRole } from "./role-text.ts";

/** What a location constraint says about one resource. */
export interface LocationRequest {
  readonly constraint: XmlElement;
  readonly resource: Resource;
  /** Of the set, if there is one and it says so. */
  readonly setRole: string | null;
  readonly setScore: string | null;
  /** Of the constraint's `rsc-pattern`. */
  readonly submatches: readonly (string | undefined)[] | null;
}

/** Reads an `rsc_location`. Source: scheduler specification, part 2, 4.1. */
export function readLocation(cluster: Cluster, constraint: XmlElement): void {
  if (constraint.first("resource_set") !== null) {
    readSets(cluster, constraint);
    return;
  }
  const id = attributeOf(constraint, "rsc");
  if (id !== null) {
    const resource = findConstraintResource(cluster, id);
    if (resource === null) noteUnknownResource(cluster, constraint, id);
    else readOne(cluster, { constraint, resource, setRole: null, setScore: null, submatches: null });
  }
  const pattern = attributeOf(constraint, "rsc-pattern");
  if (pattern !== null) readPattern(cluster, constraint, pattern);
}

function readSets(cluster: Cluster, constraint: XmlElement): void {
  for (const set of setsOf(cluster, constraint)) {
    if (attributeOf(set, "id") === null) {
      noteProblem(cluster, constraint, "constraint-invalid", "has a set without id; the rest is ignored");
      return;
    }
    for (const id of membersOf(set)) {
      const resource = findConstraintResource(cluster, id);
      if (resource === null) {
        noteUnknownResource(cluster, constraint, id);
        return;
      }
      const setRole = attributeOf(set, "role");
      const setScore = attributeOf(set, "score");
      readOne(cluster, { constraint, resource, setRole, setScore, submatches: null });
    }
  }
}

function readPattern(cluster: Cluster, constraint: XmlElement, pattern: string): void {
  for (const resource of cluster.resources) {
    const match = matchPattern(pattern, resource.id);
    if (match === "invalid") {
      noteProblem(
        cluster,
        constraint,
        "constraint-invalid",
        `has rsc-pattern "${pattern}", which is no regular expression, and is ignored`,
      );
      return;
    }
    if (!match.isMatch) continue;
    readOne(cluster, { constraint, resource, setRole: null, setScore: null, submatches: match.submatches });
  }
}

/** Source: part 2, 4.2.1. */
function readOne(cluster: Cluster, request: LocationRequest): void {
  const scoreText = request.setScore ?? attributeOf(request.constraint, "score");
  const nodeName = attributeOf(request.constraint, "node");
  const location =
    nodeName !== null && scoreText !== null
      ? readNodeForm(cluster, request, nodeName, scoreText)
      : readLocationRule(cluster, request);
  if (location === null) return;
  if (location.probeMode === ProbeMode.Exclusive) location.resource.flags |= ResourceFlag.ExclusiveProbes;
  addLocation(cluster, location);
}

function readNodeForm(
  cluster: Cluster,
  request: LocationRequest,
  nodeName: string,
  scoreText: string,
): Location | null {
  const { constraint, resource } = request;
  const node = cluster.lookup.nodeByName(nodeName);
  if (node === null) {
    noteProblem(
      cluster,
      constraint,
      "constraint-unknown-node",
      `names node "${nodeName}", which does not exist, and is ignored: correct the name or remove the constraint`,
    );
    return null;
  }
  const parsed = parseScore(scoreText, cluster.options.healthScores);
  const role = parseLocationRole(request.setRole ?? attributeOf(constraint, "role"));
  if (!parsed.isValid || role === null) {
    const what = parsed.isValid ? "an invalid role" : `score "${scoreText}", which is no score`;
    noteProblem(cluster, constraint, "constraint-invalid", `has ${what} and is ignored`);
    return null;
  }
  return createLocation({
    id: constraint.id ?? "",
    resource,
    role,
    probeMode: readProbeMode(cluster, constraint),
    nodes: [{ node, score: parsed.score }],
  });
}

/** Source: part 2, 4.2.5. */
export function readProbeMode(cluster: Cluster, constraint: XmlElement): ProbeMode {
  const text = attributeOf(constraint, "resource-discovery");
  switch (text?.toLowerCase()) {
    case undefined:
    case "always":
      return ProbeMode.Always;
    case "never":
      return ProbeMode.Never;
    case "exclusive":
      return ProbeMode.Exclusive;
    default:
      noteProblem(
        cluster,
        constraint,
        "constraint-invalid",
        `has resource-discovery "${text}"; "always" is used. Write always, never or exclusive`,
      );
      return ProbeMode.Always;
  }
}

/** The newest goes first, in the cluster's list and in the resource's own. Source: part 2, 4.2.6. */
export function addLocation(cluster: Cluster, location: Location): void {
  cluster.locations.push(location);
  location.resource.locations.push(location);
}

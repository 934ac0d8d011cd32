import { parseScore, rulePasses } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { createLocation, type Location, type NodeScore } from "../../model/location.ts";
import type { ClusterNode } from "../../model/node.ts";
import { nodeAttribute } from "../../model/nodes/attributes.ts";
import { offerRecheck } from "../../model/recheck.ts";
import { parametersOf } from "../../model/resources/parameters.ts";
import { attributeOf } from "../../model/xml-attribute.ts";
import { noteProblem } from "./problem.ts";
import { type LocationRequest, readProbeMode } from "./read-location.ts";
import { parseLocationRole } from "./role-text.ts";

/**
 * Reads the first rule of a location constraint for one resource: the nodes that pass, in reverse order of the node
 * list. Source: scheduler specification, part 2, 4.2.3.
 */
export function readLocationRule(cluster: Cluster, request: LocationRequest): Location | null {
  const { constraint, resource } = request;
  const rule = ruleOf(cluster, constraint);
  if (rule === null) return null;
  const id = attributeOf(rule, "id");
  const operator = (attributeOf(rule, "boolean-op") ?? "and").toLowerCase();
  const role = parseLocationRole(attributeOf(rule, "role"));
  if (id === null || (operator !== "and" && operator !== "or") || role === null) {
    noteProblem(
      cluster,
      constraint,
      "constraint-invalid",
      "has a rule with a missing id, an invalid boolean-op or an invalid role and is ignored",
    );
    return null;
  }
  const scoreOf = nodeScores(cluster, request, rule);
  if (scoreOf === null) return null;
  const nodes: NodeScore[] = [];
  for (const node of cluster.nodes) {
    if (!passesOn(cluster, request, rule, node)) continue;
    const score = scoreOf(node);
    if (score !== null) nodes.push({ node, score });
  }
  nodes.reverse();
  return createLocation({ id, resource, role, probeMode: readProbeMode(cluster, constraint), nodes });
}

function ruleOf(cluster: Cluster, constraint: XmlElement): XmlElement | null {
  const rule = constraint.first("rule");
  if (rule === null) return null;
  const reference = attributeOf(rule, "id-ref");
  return reference === null ? rule : cluster.lookup.element("rule", reference);
}

/** What the rule gives a node that passes; null skips the node. Null instead of a function: the rule has no score. */
function nodeScores(
  cluster: Cluster,
  request: LocationRequest,
  rule: XmlElement,
): ((node: ClusterNode) => number | null) | null {
  const words = cluster.options.healthScores;
  const attribute = attributeOf(rule, "score-attribute");
  if (attribute === null) {
    const text = attributeOf(rule, "score");
    const parsed = parseScore(text, words);
    if (text === null || !parsed.isValid) {
      noteProblem(
        cluster,
        request.constraint,
        "constraint-invalid",
        "has a rule without valid score and is ignored",
      );
      return null;
    }
    return () => parsed.score;
  }
  const name = expandSubmatches(attribute, request.submatches);
  const target = request.resource.meta.get("container-attribute-target") ?? null;
  return (node) => {
    const text = nodeAttribute(node, name, { target, hostOf: "current" });
    if (text === null || text === "") return null;
    const parsed = parseScore(text, words);
    return parsed.isValid ? parsed.score : null;
  };
}

function passesOn(cluster: Cluster, request: LocationRequest, rule: XmlElement, node: ClusterNode): boolean {
  const { resource } = request;
  return rulePasses(rule, {
    now: { epochS: cluster.nowS, offsetS: 0 },
    element: (name, id) => cluster.lookup.element(name, id),
    nodeAttribute: (name) => node.attributes.get(name) ?? null,
    resource: null,
    operation: null,
    location: {
      parameter: (name) => parametersOf(cluster, resource, node).get(name) ?? null,
      meta: (name) => resource.meta.get(name) ?? null,
      submatches: request.submatches,
    },
    noteChange: (epochS) => offerRecheck(cluster, epochS),
  });
}

/** `%N` stands for a submatch of the resource id. Source: part 2, 4.3. */
function expandSubmatches(name: string, submatches: readonly (string | undefined)[] | null): string {
  if (submatches === null) return name;
  return name.replace(/%([0-9])/g, (_, digit: string) => submatches[Number(digit)] ?? "");
}

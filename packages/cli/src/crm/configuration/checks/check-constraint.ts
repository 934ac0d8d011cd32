import { RESOURCE_WORDS } from "../../language/object-types.ts";
import type { ConfigurationObject } from "../document.ts";
import { resourcesNamed } from "../references.ts";
import type { WorkingCopy } from "../working-copy.ts";
import type { Finding } from "./check-objects.ts";
import { patternMistake } from "./pattern-mistake.ts";

/** A constraint should be about resources and nodes that there are, and about containers rather than what is in them. */
export function checkConstraint(copy: WorkingCopy, constraint: ConfigurationObject): Finding[] {
  const warn = (text: string): Finding => ({ severity: "warning", text: `${constraint.id}: ${text}` });
  const objects = copy.objects();
  const findings: Finding[] = scoreFindings(constraint);
  const pattern = constraint.element.get("rsc-pattern");
  const mistake = pattern === null ? null : patternMistake(pattern);
  if (mistake !== null)
    findings.push(warn(`'${pattern}' may not be a valid regular expression (${mistake})`));
  // As in the cluster, the case of their names does not count.
  const nodes = new Set(copy.nodeNames().map((name) => name.toLowerCase()));
  for (const node of nodesOf(constraint)) {
    if (!nodes.has(node.toLowerCase())) findings.push(warn(`referenced node ${node} does not exist`));
  }
  for (const resource of resourcesOf(constraint)) {
    // A remote node has the name of the resource that connects to it.
    const object = objects.find(({ id, type }) => id === resource && type.word !== "node");
    const isKnown =
      object !== undefined &&
      (RESOURCE_WORDS.has(object.type.word) || /^(rsc_template|tag)$/.test(object.type.word));
    if (!isKnown) findings.push(warn(`resource ${resource ?? "None"} does not exist`));
    else {
      const parent = object.element.parent!.name;
      if (parent === "clone" || parent === "master" || parent === "bundle") {
        findings.push(warn(`resource ${resource} ambiguous, apply constraints to container`));
      } else if (parent === "group" && constraint.type.word === "colocation") {
        findings.push(warn(`resource ${resource} is grouped, constraints should apply to the group`));
      }
    }
  }
  return findings;
}

/** Only rules take their score from a node attribute. Elsewhere a word that is no score is a mistake, and would count as 0. */
function scoreFindings({ id, element }: ConfigurationObject): Finding[] {
  const word = element.get("score-attribute");
  if (word === null) return [];
  return [
    {
      severity: "error",
      text: `${id}: "${word}" is no score. Use a whole number, inf or -inf before the colon`,
    },
  ];
}

/** Null stands for a pattern of resources. */
function resourcesOf({ element, type }: ConfigurationObject): (string | null)[] {
  const named = resourcesNamed(element);
  return type.word === "location" && named.length === 0 ? [null] : named;
}

/** Nodes that a location constraint names. */
function nodesOf({ element }: ConfigurationObject): string[] {
  const node = element.get("node");
  if (node !== null) return [node];
  return [...element.descendants("expression")]
    .filter(
      (expression) =>
        expression.get("attribute") === "#uname" && /^(eq|ne)$/.test(expression.get("operation") ?? ""),
    )
    .map((expression) => expression.get("value") ?? "");
}

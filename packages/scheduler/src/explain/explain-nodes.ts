import type { ScoreStep } from "../model/allowed-nodes.ts";
import type { Cluster } from "../model/cluster.ts";
import type { AssignmentExplanation } from "../model/explanation.ts";
import { type ClusterNode, hasNodeFlags, isBundleNode, isGuestNode, NodeFlag } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import type { ScoreCause } from "../model/score-cause.ts";
import type { NodeExplanation, NodeState, ScoreStepExplanation, Verdict } from "./explanation-data.ts";

/** Explains every node for a primitive: its state, how its score came about, why it was chosen or not. */
export function explainNodes(
  cluster: Cluster,
  resource: Resource,
  assignment: AssignmentExplanation | null,
): NodeExplanation[] {
  const stepsByNode = groupByNode(decisiveSteps(resource));
  const scoreLines = lastScoreLines(cluster, resource);
  return cluster.nodes.map((node) => {
    const steps = continuousSteps(stepsByNode.get(node) ?? []);
    const score = resource.allowedNodes.has(node) ? (steps.at(-1)?.after ?? 0) : null;
    const states = statesOf(node);
    return {
      node: node.name,
      nodeKind: kindOf(node),
      states,
      score,
      scoreLine: scoreLines.get(node.name) ?? null,
      steps,
      verdict: verdictOf(resource, { node, score, states, steps, assignment }),
    };
  });
}

function kindOf(node: ClusterNode): NodeExplanation["nodeKind"] {
  if (isBundleNode(node)) return "bundle";
  return isGuestNode(node) ? "guest" : node.kind;
}

/** What led to the decision, the first step first; not what was changed afterwards to choose roles. */
function decisiveSteps(resource: Resource): ScoreStep[] {
  const steps: ScoreStep[] = [];
  const { decisiveStep, allowedNodes } = resource;
  let step = decisiveStep === "undecided" ? allowedNodes.lastStep : decisiveStep;
  for (; step !== null; step = step.previous) steps.push(step);
  return steps.reverse();
}

function groupByNode(steps: readonly ScoreStep[]): ReadonlyMap<ClusterNode, ScoreStep[]> {
  const groups = new Map<ClusterNode, ScoreStep[]>();
  for (const step of steps) {
    const group = groups.get(step.node);
    if (group === undefined) groups.set(step.node, [step]);
    else group.push(step);
  }
  return groups;
}

/** A table that was replaced begins anew; only what led to the present score is told. */
function continuousSteps(steps: readonly ScoreStep[]): ScoreStepExplanation[] {
  const beginning = steps.findLastIndex((step) => step.before === null);
  return steps
    .slice(Math.max(beginning, 0))
    .map(({ before, after, cause }) => ({ before: before ?? 0, after, cause }));
}

/** What placement reported for the primitive the last time that it was placed. */
function lastScoreLines(cluster: Cluster, resource: Resource): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const line of cluster.scoreLines) {
    if (line.kind === "assignment" && line.stage === "primitive" && line.resource === resource.id) {
      lines.set(line.node, line.score);
    }
  }
  return lines;
}

const STATES: readonly (readonly [flag: number, state: NodeState])[] = [
  [NodeFlag.Unclean, "unclean"],
  [NodeFlag.Shutdown, "shutdown"],
  [NodeFlag.Pending, "pending"],
  [NodeFlag.Standby, "standby"],
  [NodeFlag.Maintenance, "maintenance"],
];

function statesOf(node: ClusterNode): NodeState[] {
  const states: NodeState[] = [];
  if (!hasNodeFlags(node, NodeFlag.Online)) states.push("offline");
  for (const [flag, state] of STATES) if (hasNodeFlags(node, flag)) states.push(state);
  return states;
}

interface NodeFacts {
  readonly node: ClusterNode;
  readonly score: number | null;
  readonly states: readonly NodeState[];
  readonly steps: readonly ScoreStepExplanation[];
  readonly assignment: AssignmentExplanation | null;
}

function verdictOf(resource: Resource, facts: NodeFacts): Verdict {
  const { node, score, states, assignment } = facts;
  if (resource.assignedNode === node) return { kind: "chosen" };
  if (assignment !== null && isIndependentOfScores(assignment)) {
    return { kind: "not-placed", cause: assignment.cause };
  }
  if (score === null) return { kind: "not-allowed" };
  if (states.length > 0) return { kind: "unavailable", states };
  if (score < 0) return { kind: "banned", causes: bannedBy(facts.steps) };
  if (resource.assignedNode === null) return { kind: "not-placed", cause: assignment?.cause ?? null };
  const points = resource.assignedScore - score;
  return points > 0 ? { kind: "lower-score", points } : tieOf(facts);
}

function isIndependentOfScores(assignment: AssignmentExplanation): boolean {
  return assignment.cause === "unmanaged" || assignment.cause === "stop-all-resources";
}

/** The causes that took away from the score, the one that made it negative first. */
function bannedBy(steps: readonly ScoreStepExplanation[]): ScoreCause[] {
  const lowering = steps.filter((step) => step.after < step.before);
  const decisive = lowering.findIndex((step) => step.after < 0);
  if (decisive < 0) return lowering.map((step) => step.cause);
  return lowering.slice(decisive).map((step) => step.cause);
}

function tieOf({ node, assignment }: NodeFacts): Verdict {
  const tie = assignment?.ties.find((candidate) => candidate.node === node.name) ?? null;
  if (assignment?.cause === "current-node") return { kind: "tie", decidedBy: "current-node", tie };
  if (tie === null) return { kind: "tie", decidedBy: "unknown", tie };
  if (tie.capacityPoints !== 0) return { kind: "tie", decidedBy: "capacity", tie };
  if (tie.usedBy !== tie.chosenUsedBy) return { kind: "tie", decidedBy: "usage", tie };
  return { kind: "tie", decidedBy: "name", tie };
}

import { scoreText } from "@quorate/cib";
import type { RoleCause } from "../model/explanation.ts";
import { describeReason } from "../model/reason.ts";
import { describeCause, remedyOf } from "./describe-cause.ts";
import type {
  ActionExplanation,
  Condition,
  NodeExplanation,
  NodeState,
  ResourceExplanation,
  Verdict,
} from "./explanation-data.ts";

/** An explanation for people: why it is there, what each other node lacks, what is done and what cannot be done. */
export function describeExplanation(explanation: ResourceExplanation): string {
  const lines = [`${explanation.resource} (${explanation.agent}) ${placeSentence(explanation)}`];
  for (const condition of explanation.conditions) lines.push(`  ${CONDITIONS[condition]}`);
  const decision = decisionSentence(explanation);
  if (decision !== null) lines.push(`  ${decision}`);
  if (explanation.roleDecision !== null)
    lines.push(`  ${roleSentence(explanation, explanation.roleDecision)}`);
  for (const failure of explanation.failures) {
    const reason = failure.exitReason === null || failure.exitReason === "" ? "" : `: ${failure.exitReason}`;
    lines.push(
      `  Failed: ${failure.operation} on ${failure.node}, exit status ${failure.exitStatus}${reason}`,
    );
  }
  lines.push("  Nodes:");
  for (const node of explanation.nodes) {
    // A bundle's node runs what is in the bundle and nothing else: no need to say so for every other resource.
    if (node.nodeKind === "bundle" && node.score === null) continue;
    lines.push(...nodeLines(explanation, node));
  }
  if (explanation.actions.length > 0) {
    lines.push("  Actions:");
    for (const action of explanation.actions) lines.push(...actionLines(action));
  }
  return `${lines.join("\n")}\n`;
}

function placeSentence({ activeNodes, assignedNode, role, nextRole }: ResourceExplanation): string {
  const now = activeNodes.length === 0 ? "is not active" : `is ${role} on ${activeNodes.join(", ")}`;
  if (assignedNode === null) return `${now} and will run nowhere.`;
  const isSame = activeNodes.length === 1 && activeNodes[0] === assignedNode && role === nextRole;
  return isSame ? `${now} and stays there.` : `${now} and will be ${nextRole} on ${assignedNode}.`;
}

const CONDITIONS: Readonly<Record<Condition, string>> = {
  disabled: "It is disabled: target-role is Stopped.",
  unmanaged: "It is not managed: the cluster leaves it as it is.",
  maintenance: "It is in maintenance: the cluster leaves it as it is and does not monitor it.",
  blocked: "It is blocked: nothing is done with it until its failure is cleaned up.",
  failed: "It failed and has to be recovered.",
  removed: "It is not configured any more.",
  "no-quorum": "This partition has no quorum.",
  "no-fencing-device":
    "Fencing is enabled, but there is no fence device: nothing is managed until one is configured.",
  "stop-all-resources": "The cluster option stop-all-resources is set.",
  locked: "It is locked to a node that shut down (shutdown-lock).",
  "failure-ignored": "Its failures are ignored (on-fail=ignore).",
};

function roleSentence({ nextRole }: ResourceExplanation, cause: RoleCause): string {
  switch (cause) {
    case "target-role":
      return `Its role is ${nextRole} because target-role says so.`;
    case "no-quorum":
      return `Its role is ${nextRole} because this partition has no quorum.`;
    case "failure":
      return `Its role is ${nextRole} because of its failure.`;
    case "promotion-score":
      return `Its role is ${nextRole} because of its promotion score there.`;
    case "promoted-max":
      return `Its role is ${nextRole}: others have a higher promotion score, and no more may be promoted (promoted-max).`;
    case "not-assigned":
      return `Its role is ${nextRole} because there is no node for it.`;
    case "connection-shutdown":
      return `Its role is ${nextRole} because its node is shutting down.`;
  }
}

function decisionSentence({ decision, assignedNode, nodes }: ResourceExplanation): string | null {
  const node = assignedNode ?? "";
  switch (decision) {
    case null:
      return null;
    case "best-score": {
      const score = nodes.find((candidate) => candidate.verdict.kind === "chosen")?.score ?? null;
      const isTied = nodes.some((candidate) => candidate.verdict.kind === "tie");
      return score === null
        ? null
        : `${node} was chosen for its score of ${scoreText(score)}${isTied ? ", the best together with others" : ", the best"}.`;
    }
    case "current-node":
      return `${node} was kept: no other node has a better score.`;
    case "preferred":
      return `${node} was preferred: it is active there already or has to migrate there, or that node has the most free capacity or is its own container.`;
    case "unmanaged":
      return "Nothing was decided, because it is not managed.";
    case "no-node-available":
      return "No node can run it.";
    case "stop-all-resources":
      return "Nothing may run.";
    case "instance-limit":
      return "All instances that may run (clone-max) are placed already.";
    case "colocation":
      return "What it has to run with does not run anywhere it could be.";
  }
}

function nodeLines(explanation: ResourceExplanation, node: NodeExplanation): string[] {
  const score = node.score === null ? "no score" : scoreText(node.score);
  const lines = [`    * ${node.node}: ${score}, ${verdictText(node.verdict)}`];
  for (const step of node.steps) {
    lines.push(`        ${scoreText(step.before)} -> ${scoreText(step.after)}: ${describeCause(step.cause)}`);
  }
  for (const remedy of remediesOf(explanation, node)) lines.push(`        To run there, ${remedy}.`);
  return lines;
}

function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case "chosen":
      return "chosen";
    case "not-allowed":
      return "not allowed by any constraint";
    case "unavailable":
      return `not available: ${verdict.states.join(", ")}`;
    case "banned":
      return "banned";
    case "lower-score":
      return `less than the chosen node by ${scoreText(verdict.points)}`;
    case "tie":
      return tieText(verdict);
    case "not-placed":
      return "not used";
  }
}

function tieText({ decidedBy, tie }: Extract<Verdict, { kind: "tie" }>): string {
  switch (decidedBy) {
    case "capacity":
      return "as good, but with less free capacity";
    case "usage":
      return tie === null
        ? "as good"
        : `as good, but more was assigned to it already (${tie.usedBy}, the chosen node ${tie.chosenUsedBy})`;
    case "current-node":
      return "as good, but it would have to move";
    case "name":
      return "as good and as much used; the name decided";
    case "unknown":
      return "as good";
  }
}

function remediesOf(explanation: ResourceExplanation, node: NodeExplanation): string[] {
  const { verdict } = node;
  switch (verdict.kind) {
    case "unavailable":
      return node.nodeKind === "cluster"
        ? verdict.states.map((state) => STATE_REMEDIES[state](node.node))
        : [`the connection resource of ${node.node} has to run`];
    case "not-allowed":
      return [`a location constraint has to allow ${node.node} with a score of at least 0`];
    case "banned": {
      const remedies = new Set<string>();
      for (const cause of verdict.causes) {
        const remedy = remedyOf(cause, explanation.resource, node.node);
        if (remedy !== null) remedies.add(remedy);
      }
      return [...remedies];
    }
    case "lower-score":
      return [`its score has to rise by more than ${scoreText(verdict.points)}`];
    case "chosen":
    case "tie":
    case "not-placed":
      return [];
  }
}

const STATE_REMEDIES: Readonly<Record<NodeState, (node: string) => string>> = {
  offline: (node) => `${node} has to join the cluster`,
  unclean: (node) => `${node} has to be fenced, or to come back`,
  standby: (node) => `${node} has to leave standby: crm_standby --node ${node} --delete`,
  maintenance: (node) => `the maintenance of ${node} has to end`,
  shutdown: (node) => `${node} has to stay up instead of shutting down`,
  pending: (node) => `${node} has to finish joining`,
};

function actionLines(action: ActionExplanation): string[] {
  const place = action.node === null ? "" : ` on ${action.node}`;
  const state = action.isRunnable ? (action.isInGraph ? "" : " (not needed)") : " cannot be done";
  const reason = action.reason === null ? "" : `, because of: ${describeReason(action.reason)}`;
  const lines = [`    * ${action.task}${place}${state}${reason}`];
  for (const { key, node } of action.blockedBy) {
    lines.push(`        waits for ${key}${node === null ? "" : ` on ${node}`}, which cannot be done`);
  }
  if (action.isInGraph && action.after.length > 0) {
    const names = action.after.map(({ key, node }) => (node === null ? key : `${key} on ${node}`));
    lines.push(`        after ${names.join(", ")}`);
  }
  return lines;
}

import { scoreText } from "@quorate/cib";
import { XmlElement, XmlText } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { describeReason } from "../model/reason.ts";
import { Role, roleName } from "../model/role.ts";
import type { ScoreLine, UtilizationAmount } from "../model/score-line.ts";
import { nodeHistoryElement } from "../render/node-history.ts";
import { ASSIGNMENT_FUNCTIONS } from "../render/score-lines.ts";
import { failuresElement, nodeAttributesElement } from "../render/status-details-xml.ts";
import type { StatusOptions } from "../render/status-options.ts";
import { nodesElement, resourcesElement } from "../render/status-xml.ts";
import type { NodeChange, ResourceChange, TransitionSummary } from "../render/transition-summary.ts";
import type {
  ExecutedStep,
  InjectedAttribute,
  Modification,
  ShownScores,
  SimulationReport,
} from "./simulation-report.ts";

/** What `crm_simulate --output-as=xml` prints inside its result element. */
export class XmlSimulationReport implements SimulationReport {
  /** The sections in their order; complete when the simulation is over. */
  readonly sections: XmlElement[] = [];
  readonly errors: string[] = [];
  readonly isQuiet: boolean;
  #open: XmlElement | null = null;

  constructor(options: { readonly isQuiet: boolean }) {
    this.isQuiet = options.isQuiet;
  }

  effectiveDate(): void {}

  notices(): void {}

  currentStatus(cluster: Cluster, options: StatusOptions): void {
    this.sections.push(statusElement("cluster_status", cluster, options));
  }

  revisedStatus(cluster: Cluster, options: StatusOptions): void {
    this.sections.push(statusElement("revised_cluster_status", cluster, options));
  }

  beginModifications({ quorum, watchdog }: { quorum: string | null; watchdog: string | null }): void {
    const attributes = present([
      ["quorum", quorum],
      ["watchdog", watchdog],
    ]);
    this.#begin(new XmlElement("modifications", attributes));
  }

  modification(modification: Modification): void {
    this.#open?.append(modificationElement(modification));
  }

  endModifications(): void {
    this.#open = null;
  }

  scores(lines: readonly ScoreLine[], shown: ShownScores): void {
    const section = new XmlElement(scoresElementName(shown));
    for (const line of lines) {
      const isScore = line.kind === "assignment" || line.kind === "promotion";
      const element = (isScore ? shown.scores : shown.utilization) ? scoreElement(line) : null;
      if (element !== null) section.append(element);
    }
    this.sections.push(section);
  }

  summary(summary: TransitionSummary): void {
    if (this.isQuiet) return;
    const section = new XmlElement("actions");
    for (const change of summary.nodes) section.append(nodeActionElement(change));
    for (const change of summary.resources) section.append(resourceActionElement(change));
    this.sections.push(section);
  }

  beginExecution(): void {
    this.#begin(new XmlElement("transition"));
  }

  step(step: ExecutedStep): void {
    this.#open?.append(stepElement(step));
  }

  pretendedFailure(): void {}

  endExecution(): void {
    this.#open = null;
  }

  error(text: string): void {
    this.errors.push(text);
  }

  #begin(section: XmlElement): void {
    if (this.isQuiet) return;
    this.sections.push(section);
    this.#open = section;
  }
}

function present(attributes: readonly (readonly [string, string | null])[]): [string, string][] {
  const result: [string, string][] = [];
  for (const [name, value] of attributes) if (value !== null) result.push([name, value]);
  return result;
}

function statusElement(name: string, cluster: Cluster, options: StatusOptions): XmlElement {
  const status = new XmlElement(name);
  status.append(nodesElement(cluster, options));
  status.append(resourcesElement(cluster, options));
  const details = [
    options.showsNodeAttributes ? nodeAttributesElement(cluster, options.filter) : null,
    options.showsFailures ? nodeHistoryElement(cluster, options.filter, "fail counts") : null,
    options.showsFailures ? failuresElement(cluster, options.filter) : null,
  ];
  for (const section of details) if (section !== null) status.append(section);
  return status;
}

const NODE_CHANGES = { online: "Online", offline: "Offline", failed: "Failing" } as const;
const TICKET_CHANGES = {
  grant: "Granting",
  revoke: "Revoking",
  standby: "Standby",
  activate: "Activating",
} as const;

function modificationElement(modification: Modification): XmlElement {
  switch (modification.kind) {
    case "node":
      return new XmlElement("modify_node", [
        ["action", NODE_CHANGES[modification.change]],
        ["node", modification.node],
      ]);
    case "ticket":
      return new XmlElement("modify_ticket", [
        ["action", TICKET_CHANGES[modification.change]],
        ["ticket", modification.ticket],
      ]);
    case "operation":
      return new XmlElement("inject_spec", [["spec", modification.spec]]);
    case "attribute":
      return attributeElement(modification);
  }
}

function attributeElement({ name, value, nodeId }: InjectedAttribute): XmlElement {
  return new XmlElement("inject_attr", [
    ["name", name],
    ["value", value],
    ["node_path", "/node_state"],
    ["cib_node", nodeId],
  ]);
}

function scoresElementName({ scores, utilization }: ShownScores): string {
  if (scores && utilization) return "allocations_utilizations";
  return scores ? "allocations" : "utilizations";
}

function scoreElement(line: ScoreLine): XmlElement | null {
  switch (line.kind) {
    case "assignment":
      return new XmlElement("node_weight", [
        ["function", ASSIGNMENT_FUNCTIONS[line.stage]],
        ["node", line.node],
        ["score", scoreText(line.score)],
        ["id", line.resource],
      ]);
    case "promotion":
      return new XmlElement(
        "promotion_score",
        present([
          ["id", line.resource],
          ["score", scoreText(line.score)],
          ["node", line.node],
        ]),
      );
    case "capacity": {
      const comment = line.moment === "original" ? "Original" : "Remaining";
      return withAmounts(
        new XmlElement("capacity", [
          ["node", line.node],
          ["comment", comment],
        ]),
        line.amounts,
      );
    }
    case "utilization":
      return withAmounts(
        new XmlElement("utilization", [
          ["resource", line.resource],
          ["node", line.node],
          ["function", "pcmk__assign_resource"],
        ]),
        line.amounts,
      );
    case "notice":
      return null;
  }
}

function withAmounts(element: XmlElement, amounts: readonly UtilizationAmount[]): XmlElement {
  for (const { name, value } of amounts) {
    const amount = new XmlElement(name);
    amount.append(new XmlText(value));
    element.append(amount);
  }
  return element;
}

function nodeActionElement({ word, node, launcher, reason }: NodeChange): XmlElement {
  return new XmlElement("node_action", [
    ["task", word],
    ["node", launcher === null ? node : `${node} (resource: ${launcher})`],
    ["reason", describeReason(reason)],
  ]);
}

function resourceActionElement(change: ResourceChange): XmlElement {
  return new XmlElement(
    "rsc_action",
    present([
      ["action", change.word.toLowerCase()],
      ["resource", change.resource],
      ...placeAttributes(change),
      ["reason", change.reason === null ? null : describeReason(change.reason)],
      ["blocked", change.isBlocked ? "true" : null],
    ]),
  );
}

/** The cases are those of the text. Source: part 4, 5.3.3. */
function placeAttributes({ role, nextRole, from, to }: ResourceChange): [string, string | null][] {
  const needsRole = role > Role.Started || nextRole > Role.Unpromoted;
  const roleAttribute: [string, string | null] = ["role", needsRole ? roleName(role) : null];
  const change: [string, string | null][] = [
    ["role", roleName(role)],
    ["next-role", roleName(nextRole)],
  ];
  if (from === null) return needsRole ? [...change, ["dest", to]] : [["node", to]];
  if (to === null) return [roleAttribute, ["node", from]];
  if (role === nextRole) {
    return from === to ? [roleAttribute, ["source", from]] : [["source", from], ["dest", to], roleAttribute];
  }
  return from === to ? [...change, ["source", from]] : [...change, ["source", from], ["dest", to]];
}

function stepElement(step: ExecutedStep): XmlElement {
  switch (step.kind) {
    case "pseudo":
      return new XmlElement(
        "pseudo_action",
        present([
          ["task", step.key],
          ["node", step.node],
        ]),
      );
    case "fencing":
      return new XmlElement("fencing_action", [
        ["target", step.node],
        ["op", step.action],
      ]);
    case "cluster":
      return new XmlElement(
        "cluster_action",
        present([
          ["task", step.task],
          ["node", step.node],
          ["id", step.resource],
        ]),
      );
    case "operation":
      return new XmlElement(
        "rsc_action",
        present([
          ["resource", step.resource],
          ["op", step.task],
          ["node", step.node],
          ["interval", step.intervalMs === 0 ? null : String(step.intervalMs)],
        ]),
      );
    case "attribute":
      return attributeElement(step);
  }
}

import type { Cluster } from "../model/cluster.ts";
import type { ScoreLine } from "../model/score-line.ts";
import { renderClusterStatus, renderStatusPreamble } from "../render/cluster-status.ts";
import { renderScoreLines } from "../render/score-lines.ts";
import type { StatusOptions } from "../render/status-options.ts";
import { TextReport, type TextSinks } from "../render/text-report.ts";
import { renderTransitionSummary, type TransitionSummary } from "../render/transition-summary.ts";
import type {
  ExecutedStep,
  InjectedAttribute,
  Modification,
  ShownScores,
  SimulationReport,
} from "./simulation-report.ts";

export interface TextSimulationOptions {
  /** Only what was asked for explicitly: scores, utilization. */
  readonly isQuiet: boolean;
  /** No titles, indentation and bullets. */
  readonly isPlain: boolean;
}

/** The classic text of `crm_simulate`. Source: scheduler specification, part 4, 3.3. */
export class TextSimulationReport implements SimulationReport {
  readonly #report: TextReport;
  readonly isQuiet: boolean;
  /** Something was printed, so an empty line precedes the next section. */
  #isPrinted = false;

  constructor(sinks: TextSinks, options: TextSimulationOptions) {
    this.#report = new TextReport(sinks, { isFancy: !options.isPlain, isQuiet: options.isQuiet });
    this.isQuiet = options.isQuiet;
  }

  effectiveDate(line: string): void {
    this.#report.info(line);
  }

  notices(lines: readonly ScoreLine[]): void {
    for (const line of lines) if (line.kind === "notice") this.#report.info(line.text);
  }

  currentStatus(cluster: Cluster, options: StatusOptions): void {
    this.#isPrinted = renderStatusPreamble(this.#report, cluster);
    this.#status("Current cluster status", cluster, options);
  }

  revisedStatus(cluster: Cluster, options: StatusOptions): void {
    this.#status("Revised Cluster Status", cluster, options);
  }

  #status(title: string, cluster: Cluster, options: StatusOptions): void {
    this.#beginSection(title);
    renderClusterStatus(this.#report, cluster, options);
    this.#report.endList();
  }

  beginModifications({ quorum, watchdog }: { quorum: string | null; watchdog: string | null }): void {
    if (this.isQuiet) return;
    this.#beginSection("Performing Requested Modifications");
    if (quorum !== null) this.#report.item(`Setting quorum: ${quorum}`);
    if (watchdog !== null) this.#report.item(`Setting watchdog: ${watchdog}`);
  }

  modification(modification: Modification): void {
    if (!this.isQuiet) this.#report.item(modificationText(modification));
  }

  endModifications(): void {
    if (!this.isQuiet) this.#report.endList();
  }

  scores(lines: readonly ScoreLine[], shown: ShownScores): void {
    this.#beginSection(scoresTitle(shown));
    renderScoreLines(this.#report, lines, shown);
    this.#report.endList();
  }

  summary(summary: TransitionSummary): void {
    if (this.isQuiet) return;
    this.#beginSection("Transition Summary");
    renderTransitionSummary(this.#report, summary);
    this.#report.endList();
  }

  beginExecution(): void {
    if (!this.isQuiet) this.#beginSection("Executing Cluster Transition");
    else if (this.#isPrinted) this.#report.spacer();
  }

  step(step: ExecutedStep): void {
    if (!this.isQuiet) this.#report.item(stepText(step));
  }

  pretendedFailure(actionId: number, exitStatus: number): void {
    this.#report.info(`Pretending action ${actionId} failed with rc=${exitStatus}`);
  }

  endExecution(): void {
    if (!this.isQuiet) this.#report.endList();
  }

  error(text: string): void {
    this.#report.error(text);
  }

  #beginSection(title: string): void {
    if (this.#isPrinted) this.#report.spacer();
    this.#isPrinted = true;
    this.#report.beginList(title);
  }
}

function scoresTitle({ scores, utilization }: ShownScores): string {
  if (scores && utilization) return "Assignment Scores and Utilization Information";
  return scores ? "Assignment Scores" : "Utilization Information";
}

/** Source: part 4, 6.1. */
function modificationText(modification: Modification): string {
  switch (modification.kind) {
    case "node":
      switch (modification.change) {
        case "online":
          return `Bringing node ${modification.node} online`;
        case "offline":
          return `Taking node ${modification.node} offline`;
        case "failed":
          return `Failing node ${modification.node}`;
      }
      break;
    case "ticket":
      switch (modification.change) {
        case "grant":
          return `Granting ticket ${modification.ticket}`;
        case "revoke":
          return `Revoking ticket ${modification.ticket}`;
        case "standby":
          return `Making ticket ${modification.ticket} standby`;
        case "activate":
          return `Activating ticket ${modification.ticket}`;
      }
      break;
    case "operation":
      return `Injecting ${modification.spec} into the configuration`;
    case "attribute":
      return attributeText(modification);
  }
}

function attributeText({ name, value, nodeId }: InjectedAttribute): string {
  return `Injecting attribute ${name}=${value} into /node_state '${nodeId}'`;
}

/** Source: part 4, 7.3. */
function stepText(step: ExecutedStep): string {
  switch (step.kind) {
    case "pseudo":
      return `Pseudo action:   ${step.key}${step.node === null ? "" : ` on ${step.node}`}`;
    case "fencing":
      return `Fencing ${step.node} (${step.action})`;
    case "cluster":
      return `Cluster action:  ${step.task}${step.resource === null ? "" : ` for ${step.resource}`} on ${step.node}`;
    case "operation": {
      const task = step.intervalMs === 0 ? step.task : `${step.task}=${step.intervalMs}`;
      const isShort = step.task === "delete" || step.task === "meta-data";
      return `Resource action: ${isShort ? step.resource : step.resource.padEnd(15)} ${task} on ${step.node}`;
    }
    case "attribute":
      return attributeText(step);
  }
}

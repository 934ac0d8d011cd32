import type { XmlElement } from "@quorate/xml";
import type { TransitionGraph } from "../graph/transition-graph.ts";
import type { Cluster } from "../model/cluster.ts";
import { unpackCluster } from "../model/unpack.ts";
import { renderClusterStatus, renderStatusPreamble } from "../render/cluster-status.ts";
import { dotGraph } from "../render/dot-graph.ts";
import { graphXml } from "../render/graph-xml.ts";
import { renderScoreLines } from "../render/score-lines.ts";
import { SIMULATE_STATUS, type StatusOptions } from "../render/status-options.ts";
import { TextReport } from "../render/text-report.ts";
import { renderTransitionSummary } from "../render/transition-summary.ts";
import { decide } from "../schedule.ts";
import { type EffectiveDate, effectiveDate } from "./effective-date.ts";
import { applyInjections, hasInjections, type Injections } from "./injections.ts";
import { simulateTransition } from "./simulate-transition.ts";
import { WorkingCib } from "./working-cib.ts";

/** What to do with a CIB; the options of `crm_simulate` without its files. Source: scheduler specification, part 4, 3.1. */
export interface SimulationRequest {
  /** Compute what would be done. */
  readonly runs: boolean;
  /** Carry it out on a copy, too, and show the result. Implies `runs`. */
  readonly simulates: boolean;
  readonly isQuiet: boolean;
  readonly showsScores: boolean;
  readonly showsUtilization: boolean;
  readonly showsNodeAttributes: boolean;
  readonly showsFailures: boolean;
  /** Dot: also actions that are not part of the transition. */
  readonly showsAllActions: boolean;
  /** Dot: numbers of actions. */
  readonly showsActionIds: boolean;
  readonly injections: Injections;
  /** Operations that fail when they are carried out: `RSC_TASK_INTERVAL@NODE=RC`. */
  readonly failures: readonly string[];
  /** Overrides the date of the document and the clock. */
  readonly date: EffectiveDate | null;
  /** The clock, epoch seconds. */
  readonly clockS: number;
}

export interface SimulationResult {
  readonly stdout: string;
  readonly stderr: string;
  /** False when the transition could not be carried out completely although nothing failed. */
  readonly isValid: boolean;
  /** Null unless the request runs the scheduler. */
  readonly graph: TransitionGraph | null;
  readonly graphXml: string | null;
  readonly dot: string | null;
  /** The document after the injections. */
  readonly input: XmlElement;
  /** The document after everything. */
  readonly output: XmlElement;
}

/**
 * What `crm_simulate` does with a validated CIB: show the status, inject events, schedule, carry out, show the status again.
 * The document is not changed. Source: scheduler specification, part 4, 3.3.
 */
export function simulate(document: XmlElement, request: SimulationRequest): SimulationResult {
  let stdout = "";
  let stderr = "";
  const isPlain = request.isQuiet && request.showsScores;
  const report = new TextReport(
    {
      out: (text) => {
        stdout += text;
      },
      error: (text) => {
        stderr += text;
      },
    },
    { isFancy: !isPlain, isQuiet: request.isQuiet },
  );
  const cib = new WorkingCib(document.clone(), { createsNodes: request.injections.nodesUp.length > 0 });
  const status: StatusOptions = {
    ...SIMULATE_STATUS,
    showsNodeAttributes: request.showsNodeAttributes,
    showsFailures: request.showsFailures,
  };

  let cluster = reset(report, cib, request);
  renderNotices(report, cluster);
  let isPrinted = false;
  if (!request.isQuiet) {
    isPrinted = renderStatusPreamble(report, cluster);
    renderStatus(report, cluster, "Current cluster status", status, isPrinted);
    isPrinted = true;
  }
  if (hasInjections(request.injections)) {
    if (isPrinted) report.spacer();
    applyInjections(report, cib, cluster, request.injections, request.clockS);
    isPrinted ||= !request.isQuiet;
    cluster = reset(report, cib, request);
    renderNotices(report, cluster);
  }
  const input = cib.root.clone();
  const finish = (facts: Partial<SimulationResult>): SimulationResult => ({
    stdout,
    stderr,
    isValid: true,
    graph: null,
    graphXml: null,
    dot: null,
    input,
    output: cib.root,
    ...facts,
  });
  if (!request.runs && !request.simulates) return finish({});

  const { showsScores: scores, showsUtilization: utilization } = request;
  const noticeCount = cluster.scoreLines.length;
  const { graph, summary } = decide(cluster);
  if (scores || utilization) {
    if (isPrinted) report.spacer();
    report.beginList(scoresTitle(scores, utilization));
    renderScoreLines(report, cluster.scoreLines.slice(noticeCount), { scores, utilization });
    report.endList();
    isPrinted = true;
  }
  const saved = {
    graph,
    graphXml: graphXml(graph),
    dot: dotGraph(cluster, { showsAllActions: request.showsAllActions, showsIds: request.showsActionIds }),
  };
  if (!request.isQuiet) {
    if (isPrinted) report.spacer();
    report.beginList("Transition Summary");
    renderTransitionSummary(report, summary);
    report.endList();
    isPrinted = true;
  }
  if (!request.simulates) return finish(saved);

  if (isPrinted) report.spacer();
  const outcome = simulateTransition(graph, {
    report,
    cluster,
    cib,
    failures: request.failures,
    timeS: request.clockS,
  });
  const isValid = outcome !== "terminated";
  if (!isValid) {
    report.error(`Transition failed: ${outcome}`);
    report.error("An invalid transition was produced");
  }
  if (!request.isQuiet) {
    const revised = reset(report, cib, request);
    renderStatus(report, revised, "Revised Cluster Status", { ...status, showsPending: false }, true);
  }
  return finish({ ...saved, isValid });
}

/** Notices that came up while the status was read. */
function renderNotices(report: TextReport, cluster: Cluster): void {
  for (const line of cluster.scoreLines) if (line.kind === "notice") report.info(line.text);
}

/** Reads the working CIB anew; says which date it uses unless that is the clock's. */
function reset(report: TextReport, cib: WorkingCib, request: SimulationRequest): Cluster {
  const { epochS, line } = effectiveDate(cib.root, request.date, request.clockS);
  if (line !== null) report.info(line);
  // The model may keep references into its document, and the simulation goes on writing to the working one.
  return unpackCluster(cib.root.clone(), { nowS: epochS });
}

function renderStatus(
  report: TextReport,
  cluster: Cluster,
  title: string,
  options: StatusOptions,
  hasSpacer: boolean,
): void {
  if (hasSpacer) report.spacer();
  report.beginList(title);
  renderClusterStatus(report, cluster, options);
  report.endList();
}

function scoresTitle(scores: boolean, utilization: boolean): string {
  if (scores && utilization) return "Assignment Scores and Utilization Information";
  return scores ? "Assignment Scores" : "Utilization Information";
}

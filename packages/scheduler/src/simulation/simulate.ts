import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import { unpackCluster } from "../model/unpack.ts";
import { SIMULATE_STATUS, type StatusOptions } from "../render/status-options.ts";
import { decide, type Schedule } from "../schedule.ts";
import { type EffectiveDate, effectiveDate } from "./effective-date.ts";
import { applyInjections, hasInjections, type Injections } from "./injections.ts";
import { simulateTransition } from "./simulate-transition.ts";
import type { SimulationReport } from "./simulation-report.ts";
import { WorkingCib } from "./working-cib.ts";

/** What to do with a CIB; the options of `crm_simulate` without its files. Source: scheduler specification, part 4, 3.1. */
export interface SimulationRequest {
  /** Compute what would be done. */
  readonly runs: boolean;
  /** Carry it out on a copy, too, and show the result. Implies `runs`. */
  readonly simulates: boolean;
  readonly showsScores: boolean;
  readonly showsUtilization: boolean;
  readonly showsNodeAttributes: boolean;
  readonly showsFailures: boolean;
  readonly injections: Injections;
  /** Operations that fail when they are carried out: `RSC_TASK_INTERVAL@NODE=RC`. */
  readonly failures: readonly string[];
  /** Overrides the date of the document and the clock. */
  readonly date: EffectiveDate | null;
  /** The clock, epoch seconds. */
  readonly clockS: number;
}

/** Decides and carries out; nothing is injected, nothing fails, and nothing beyond the status is shown. The clock is to be added. */
export const PLAIN_SIMULATION: Omit<SimulationRequest, "clockS"> = {
  runs: true,
  simulates: true,
  showsScores: false,
  showsUtilization: false,
  showsNodeAttributes: false,
  showsFailures: false,
  injections: {
    quorum: null,
    watchdog: null,
    nodesUp: [],
    nodesDown: [],
    nodesFailed: [],
    ticketsGranted: [],
    ticketsRevoked: [],
    ticketsStandby: [],
    ticketsActivated: [],
    operations: [],
  },
  failures: [],
  date: null,
};

export interface SimulationResult {
  /** False when the transition could not be carried out completely although nothing failed. */
  readonly isValid: boolean;
  /** Null unless the request runs the scheduler. */
  readonly schedule: Schedule | null;
  /** The document after the injections. */
  readonly input: XmlElement;
  /** The document after everything. */
  readonly output: XmlElement;
}

/**
 * What `crm_simulate` does with a validated CIB: show the status, inject events, schedule, carry out, show the status again.
 * Everything that is to be shown goes to the report. The document is not changed.
 * Source: scheduler specification, part 4, 3.3.
 */
export function simulate(
  document: XmlElement,
  request: SimulationRequest,
  report: SimulationReport,
): SimulationResult {
  const isInjected = hasInjections(request.injections);
  // A large document takes longer to copy than to schedule, so it is copied only when something will be written.
  const isWritten = isInjected || request.simulates;
  const createsNodes = request.injections.nodesUp.length > 0;
  const cib = isWritten ? new WorkingCib(document.clone(), { createsNodes }) : null;
  const status: StatusOptions = {
    ...SIMULATE_STATUS,
    showsNodeAttributes: request.showsNodeAttributes,
    showsFailures: request.showsFailures,
  };

  const source = cib?.root ?? document;
  const read = () => unpackAnew(report, isWritten ? source.clone() : source, request);
  let cluster = read();
  report.notices(cluster.scoreLines);
  if (!report.isQuiet) report.currentStatus(cluster, status);
  if (cib !== null && isInjected) {
    applyInjections(report, cib, cluster, request.injections, request.clockS);
    cluster = read();
    report.notices(cluster.scoreLines);
  }
  const input = request.simulates ? source.clone() : source;
  if (!request.runs && !request.simulates) {
    return { isValid: true, schedule: null, input, output: source };
  }

  const noticeCount = cluster.scoreLines.length;
  const schedule = decide(cluster);
  const shown = { scores: request.showsScores, utilization: request.showsUtilization };
  if (shown.scores || shown.utilization) report.scores(cluster.scoreLines.slice(noticeCount), shown);
  report.summary(schedule.summary);
  const isValid = cib === null || !request.simulates || carryOut(report, cib, schedule, request, status);
  return { isValid, schedule, input, output: source };
}

/** Returns whether the transition was valid. */
function carryOut(
  report: SimulationReport,
  cib: WorkingCib,
  { cluster, graph }: Schedule,
  request: SimulationRequest,
  status: StatusOptions,
): boolean {
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
  if (!report.isQuiet) {
    report.revisedStatus(unpackAnew(report, cib.root, request), { ...status, showsPending: false });
  }
  return isValid;
}

/**
 * Reads the document; says which date it uses unless that is the clock's. The model keeps references into the document, which
 * must not be written to while the model is used.
 */
function unpackAnew(report: SimulationReport, cib: XmlElement, request: SimulationRequest): Cluster {
  const { epochS, line } = effectiveDate(cib, request.date, request.clockS);
  if (line !== null) report.effectiveDate(line);
  return unpackCluster(cib, { nowS: epochS, leavesOutScores: !request.showsScores });
}

/**
 * The scheduler: (CIB, instant) -> what to do, as a graph of actions with reasons. Pure and deterministic.
 */

export { describeExplanation } from "./explain/describe-explanation.ts";
export { explainResource } from "./explain/explain-resource.ts";
export type { ResourceExplanation } from "./explain/explanation-data.ts";
export { detachGraph } from "./graph/detach-graph.ts";
export type {
  GraphAction,
  GraphElementName,
  GraphResource,
  Synapse,
  TransitionGraph,
} from "./graph/transition-graph.ts";
export { LiveDocument } from "./live-document.ts";
export { StaleRun } from "./model/checkpoint.ts";
export type { Diagnostic, DiagnosticCode } from "./model/diagnostic.ts";
export type { Explanation } from "./model/explanation.ts";
export { describeReason, type Reason } from "./model/reason.ts";
export type { UnpackOptions } from "./model/unpack.ts";
export { type DotOptions, dotGraph } from "./render/dot-graph.ts";
export { graphXml, graphXmlPieces } from "./render/graph-xml.ts";
export { type Monitor, monitor } from "./render/monitor/monitor.ts";
export type { ExtraSection, MonitorOptions } from "./render/monitor/monitor-options.ts";
export {
  DEFAULT_SECTIONS,
  MONITOR_SECTION_GROUPS,
  MONITOR_SECTIONS,
  type MonitorSection,
} from "./render/monitor/sections.ts";
export { TextReport, type TextSinks } from "./render/text-report.ts";
export { type Schedule, schedule } from "./schedule.ts";
export type { EffectiveDate } from "./simulation/effective-date.ts";
export {
  PLAIN_SIMULATION,
  type SimulationRequest,
  type SimulationResult,
  simulate,
} from "./simulation/simulate.ts";
export type { SimulationReport } from "./simulation/simulation-report.ts";
export { TextSimulationReport } from "./simulation/text-simulation-report.ts";
export { XmlSimulationReport } from "./simulation/xml-simulation-report.ts";
export type { OperationView } from "./status/operation-view.ts";
export type { ReasonView } from "./status/reason-view.ts";
export { type ClusterView, type ResourceView, viewCluster } from "./status/resource-view.ts";

/**
 * The scheduler: (CIB, instant) -> what to do, as a graph of actions with reasons. Pure and deterministic.
 */
export type {
  GraphAction,
  GraphElementName,
  GraphResource,
  Synapse,
  TransitionGraph,
} from "./graph/transition-graph.ts";
export type { EffectiveDate } from "./simulation/effective-date.ts";
export {
  type SimulationRequest,
  type SimulationResult,
  simulate,
} from "./simulation/simulate.ts";
export { type MonitorOptions, monitor } from "./render/monitor/monitor.ts";
export { type ClusterView, type ResourceView, viewCluster } from "./status/resource-view.ts";

/**
 * The executor: runs resource agents and fence agents of one node as processes. Resource operations are queued for
 * each resource, repeated, limited in time and cancelled; whatever an agent does, its operation ends with a result.
 * See README.md. Source: executor specification.
 */
export { formatAgentName, parseAgentName } from "./agent-name.ts";
export type { AgentPlaceOptions } from "./agent-places.ts";
export {
  type AgentCatalogue,
  type AgentCatalogueOptions,
  createAgentCatalogue,
  type DescriptionResult,
  type DeviceValidation,
} from "./catalogue.ts";
export type { StonithDevices } from "./classes/stonith.ts";
export { createExecutor, type Executor, type ExecutorOptions } from "./executor.ts";
export {
  type ActionDescription,
  type AgentDescription,
  type ParameterDescription,
  readAgentDescription,
} from "./metadata/agent-description.ts";
export {
  checkParameters,
  describeParameterProblem,
  type ParameterProblem,
} from "./metadata/parameter-check.ts";
export { endLeftoverAgents } from "./process/leftovers.ts";
export {
  findMarkedProcesses,
  type MarkedProcess,
  type ProcessMarker,
  type ReapResult,
  reapMarkedProcesses,
} from "./process-marker.ts";

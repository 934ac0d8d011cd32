/**
 * The executor: runs resource agents and fence agents of one node as processes. Resource operations are queued for
 * each resource, repeated, limited in time and cancelled; whatever an agent does, its operation ends with a result.
 * See README.md. Source: executor specification.
 */
export { type AgentDirectories, listAgents, listProviders, listStandards } from "./agent-list.ts";
export type { StonithDevices } from "./classes/stonith.ts";
export { createExecutor, type Executor, type ExecutorOptions } from "./executor.ts";
export {
  findMarkedProcesses,
  type MarkedProcess,
  type ProcessMarker,
  type ReapResult,
  reapMarkedProcesses,
} from "./process-marker.ts";

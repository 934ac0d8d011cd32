/**
 * Membership, ordered messages and quorum. This door loads no `node:` module: the engines that need sockets
 * are loaded by the functions that start them.
 */
export { BUS_LIMITS, Bus, type BusEvents, type BusLimits, type BusOptions } from "./bus/bus.ts";
export { formatRing } from "./bus/view.ts";
export {
  type CorosyncEngine,
  CorosyncError,
  type CorosyncOptions,
  type CorosyncProblem,
  connectToCorosync,
} from "./corosync/entry.ts";
export { Hub, type HubOptions, type NodeStatus, type RingSequences } from "./embedded/hub.ts";
export type { HubEngineOptions } from "./embedded/hub-engine.ts";
export type { HubServer, HubServerOptions } from "./embedded/hub-server.ts";
export { connectToHub, startHub } from "./embedded/hub-tcp.ts";
export { LIVENESS_TIMING, type LivenessTiming } from "./embedded/liveness.ts";
export { MemoryEngine } from "./embedded/memory-engine.ts";
export { ENGINE_LIMITS, type EngineLimits } from "./embedded/node.ts";
export {
  COROSYNC_LIKE_TIMING,
  DEMO_TIMING,
  type Delay,
  type EngineTiming,
} from "./embedded/timing.ts";
export {
  configureQuorum,
  QUORUM_DEFAULTS,
  type QuorumConfiguration,
  type QuorumOptions,
  type QuorumSettings,
  type TieBreaker,
} from "./votequorum/configuration.ts";

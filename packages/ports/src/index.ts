/**
 * The ports: the small interfaces through which the pure core (controller, fencer) meets the world, and the
 * vocabulary that both sides share. Implemented by membership, executor and daemon in production, by the
 * simulator under virtual time. No behaviour lives here.
 *
 * Rules that hold for every port:
 * - A callback or event is never delivered from inside the method call that causes it.
 * - A callback is called exactly once, unless its docstring says otherwise.
 * - Values handed over belong to the receiver; neither side changes them afterwards.
 */
export type {
  AgentCallback,
  AgentName,
  Agents,
  MetadataResult,
  Operation,
  OperationResult,
} from "./agents.ts";
export type { AlertRun, Alerts } from "./alerts.ts";
export type { Channel, ChannelEvents, JsonObject, JsonValue, Member, MembershipView } from "./channel.ts";
export type { Clock, Timer } from "./clock.ts";
export { ExecutionStatus, OcfCode, PENDING_CALL_ID } from "./codes.ts";
export type {
  Arrival,
  ArrivalReason,
  ConfigurationChange,
  Departure,
  DepartureReason,
  Engine,
  EngineEvents,
  EngineResult,
  EngineStatus,
  NodeId,
  NodeLinks,
  NodeListEntry,
  ProcessId,
  QuorumStatus,
  QuorumUpdate,
  Ring,
} from "./engine.ts";
export type {
  DeviceRequest,
  FenceAgentResult,
  FenceAgentRun,
  FenceAgents,
  FenceOutcome,
  FenceRequest,
  Fencer,
  FencerDesk,
  FencerEvents,
  FencingAction,
  FencingRecord,
  LevelTarget,
  Watchdog,
} from "./fencing.ts";
export { CONFIRMED_BY_HAND } from "./fencing.ts";
export type { LoadMeter } from "./load.ts";
export type { Log, LogLevel } from "./log.ts";
export type { Random } from "./random.ts";
export type {
  AgentRunner,
  RemoteAttempt,
  RemoteConnection,
  RemoteConnectionEvents,
  RemoteHost,
  RemoteHosts,
  RemoteTarget,
} from "./remote.ts";
export type { FileToStore, Store, StoreError, StoreResult } from "./store.ts";

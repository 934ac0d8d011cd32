import type { XmlElement } from "@quorate/xml";
import type { ClusterNode } from "./node.ts";
import type { Resource } from "./resource.ts";

/** What the executor said about an operation. Source: part 1, 12.1. */
export const ExecutionStatus = {
  Pending: -1,
  Done: 0,
  Cancelled: 1,
  TimedOut: 2,
  NotSupported: 3,
  Error: 4,
  HardError: 5,
  FatalError: 6,
  NotInstalled: 7,
  NotConnected: 8,
  Invalid: 9,
  NoFenceDevice: 10,
  NoSecrets: 11,
} as const;

/** What the agent said. Source: part 1, 12.1. */
export const ExitStatus = {
  Ok: 0,
  Error: 1,
  InvalidParameter: 2,
  NotImplemented: 3,
  InsufficientPrivileges: 4,
  NotInstalled: 5,
  NotConfigured: 6,
  NotRunning: 7,
  Promoted: 8,
  FailedPromoted: 9,
  Degraded: 190,
  DegradedPromoted: 191,
  Unknown: 193,
} as const;

/** One `lrm_rsc_op`: the result of an operation on a node, parsed once. */
export interface HistoryEntry {
  readonly xml: XmlElement;
  readonly id: string;
  /** `operation_key`, or the id without it. */
  readonly key: string;
  readonly operation: string;
  readonly intervalMs: number;
  /** -1 when pending or absent. */
  readonly callId: number;
  /** The raw `op-status`; null when it is not an integer. */
  readonly executionStatus: number | null;
  /** The raw `rc-code`; null when it is not an integer. */
  readonly exitStatus: number | null;
  /** TARGETRC of the transition key; -1 when unknown. */
  readonly expectedStatus: number;
  /** Epoch seconds; -1 when absent. */
  readonly lastChangeS: number;
  readonly onNode: string | null;
  readonly transitionMagic: string | null;
  readonly opDigest: string | null;
  /** As written; what counts in a run tells `restartDigestOf`. */
  readonly restartDigest: string | null;
  readonly secureDigest: string | null;
}

/** One `lrm_resource` of a node's state. */
export interface ResourceHistory {
  readonly xml: XmlElement;
  readonly id: string;
  /** Names the agent that it was made with, see `agentOf`. */
  readonly agent: string;
  readonly hasElements: boolean;
  /** In document order. */
  readonly entries: readonly HistoryEntry[];
  /** From oldest to newest (part 1, 11.4). */
  readonly sorted: readonly HistoryEntry[];
  /** Positions in `sorted` of the latest start and the latest stop; -1: none (part 1, 11.7). */
  readonly start: number;
  readonly stop: number;
}

/** A failed action as reports list it. Source: part 1, 12.9. */
export interface FailedAction {
  readonly entry: HistoryEntry;
  readonly node: ClusterNode;
  readonly resource: Resource;
}

import type { CibResultCode, Patchset } from "@quorate/cib";
import type {
  Agents,
  Alerts,
  Channel,
  Clock,
  Fencer,
  LoadMeter,
  Log,
  NodeId,
  Random,
  RemoteHosts,
  Store,
} from "@quorate/ports";
import type { TransitionGraph } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";

/**
 * One node of the cluster as its daemon sees it. Everything happens on the caller's thread, in the order of the events
 * that the ports deliver; listeners and callbacks run after the event that caused them, never inside a call.
 */
export interface ClusterNode {
  /**
   * Loads the CIB from the store and takes part in the cluster from then on. Call once, when the channels are joined or
   * about to be.
   */
  start(): void;
  status(): NodeStatus;
  /** Every node known to the membership, ascending by id. */
  nodes(): readonly NodeListing[];
  readonly cib: CibAccess;
  readonly attributes: AttributeAccess;
  /** Deletes failures (`cleanup`) or the whole history (`refresh`) of resources; they are probed again. */
  cleanup(request: CleanupRequest, done: (result: RequestResult) => void): void;
  /** Records a failure of a resource that no agent saw. */
  failResource(
    request: { readonly resource: string; readonly node: string },
    done: (result: RequestResult) => void,
  ): void;
  /** What the controller of any node that is online is doing, as that node says it. `node`: name or id. */
  stateOf(node: string, done: (result: StateResult) => void): void;
  /** Makes all nodes forget a node that is not active, and deletes it from the CIB. `node`: name or id. */
  removeNode(node: string, done: (result: RequestResult) => void): void;
  /**
   * Leaves the cluster in order: resources move or stop, then `onExit` is told. A second call does not wait any longer
   * and exits with an error.
   */
  shutdown(): void;
  /** Lets this node try to write its CIB to disk again after a failure had stopped that. */
  enableDiskWrites(): void;
  /**
   * Told once, when this node is to end: the daemon then leaves the group and exits. Resources are stopped only after
   * an orderly shutdown. Nothing else happens on this node afterwards.
   */
  onExit(listener: (notice: ExitNotice) => void): void;
  /** Told on each change of what `status()` or `nodes()` return. */
  onStatusChange(listener: () => void): void;
}

/** `state` is a `ControllerState`, or another word when that node runs another version. */
export type StateResult =
  | { readonly ok: true; readonly state: string }
  | Extract<RequestResult, { readonly ok: false }>;

/** What a node needs of the world. The three channels share one order of messages. */
export interface ClusterNodePorts {
  readonly channels: { readonly cib: Channel; readonly attr: Channel; readonly ctl: Channel };
  readonly agents: Agents;
  readonly remoteHosts: RemoteHosts;
  readonly alerts: Alerts;
  readonly fencer: Fencer;
  /** Directory of the CIB's files. */
  readonly store: Store;
  readonly scheduler: SchedulerPort;
  /** Null where nothing can be said of the load: nothing is throttled then. */
  readonly load: LoadMeter | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** 32 hex digits, by means that are faster than the language; left out, it is computed here. */
  readonly md5?: (bytes: Uint8Array) => string;
}

/** Numbers that are not cluster options, and what the node knows of its software and host. */
export interface ClusterNodeConfig {
  /** Feature set of this software, `3.20.5`. */
  readonly featureSet: string;
  /** `CHANGE_RULES` of the configuration; nodes work together only when theirs are equal. */
  readonly changeRules: number;
  /** For the cluster property `dc-version`. */
  readonly version: string;
  /** Processor cores of this host; bounds its parallel actions to twice as many unless something else says else. */
  readonly coreCount: number;
  /** Parallel actions of this host whatever `node-action-limit` says, 0: as its cores say; null: that option counts. */
  readonly actionLimit: number | null;
  readonly hasWatchdog: boolean;
  /** What a node does about its standby attribute at its first join. */
  readonly startState: "default" | "standby" | "online";
  readonly timing: ClusterTiming;
}

/** Durations in milliseconds. The cluster options of the same name win over the first four. */
export interface ClusterTiming {
  /** How long a starting node waits for others before it elects a DC without all configured nodes. */
  readonly dcDeadtimeMs: number;
  readonly electionTimeoutMs: number;
  readonly joinIntegrationTimeoutMs: number;
  readonly joinFinalizationTimeoutMs: number;
  /** From gaining quorum to the transition that makes use of it. */
  readonly quorumGainedDelayMs: number;
  /** From a change of the CIB to the comparison of the replicas. */
  readonly digestPingDelayMs: number;
  /** How long a configuration change waits for the disks of the other members. */
  readonly durabilityTimeoutMs: number;
  /** How long a configuration change waits for a join to finish before it is carried out regardless. */
  readonly joinHoldMs: number;
  readonly schedulerTimeoutMs: number;
}

export const DEFAULT_TIMING: ClusterTiming = {
  dcDeadtimeMs: 20_000,
  electionTimeoutMs: 120_000,
  joinIntegrationTimeoutMs: 180_000,
  joinFinalizationTimeoutMs: 1_800_000,
  quorumGainedDelayMs: 5_000,
  digestPingDelayMs: 5_000,
  durabilityTimeoutMs: 30_000,
  joinHoldMs: 5_000,
  schedulerTimeoutMs: 120_000,
};

/** The scheduler, wherever it runs. One run at a time; `done` is called once, never inside `run`. */
export interface SchedulerPort {
  run(input: SchedulerInput, done: (outcome: SchedulerOutcome) => void): void;
  /** Nobody waits for the run in progress any more: it may end early. `done` is called all the same. */
  cancel?(): void;
}

export interface SchedulerInput {
  /**
   * The whole document as it is when it is asked for, which is newer than the update if that is not at once. A copy that
   * belongs to the scheduler from then on.
   */
  readonly cib: XmlElement;
  readonly nowMs: number;
  /** How the document came about from the one of the run before; absent or null when that is not known. */
  readonly update?: SchedulerUpdate | null;
}

export interface SchedulerUpdate {
  /** In order. Each begins with the version with which the one before ends, or the update cannot be used. */
  readonly patchsets: readonly Patchset[];
  /** All attributes of the root element after it; some are not in the CIB. */
  readonly rootAttributes: readonly (readonly [string, string])[];
}

/** What the scheduler has to complain of. */
export type SchedulerSeverity = "errors" | "warnings" | "none";

export type SchedulerOutcome =
  /** `source` names the saved input for the log; empty when it was not saved. */
  | {
      readonly ok: true;
      readonly graph: TransitionGraph;
      readonly source: string;
      readonly severity: SchedulerSeverity;
    }
  /** The configuration cannot be used or the scheduler failed; the cluster stays as it is until the next change. */
  | { readonly ok: false; readonly reason: string };

/** States of the controller, as `crmadmin -S` shows them. Source: controller specification, 1. */
export type ControllerState =
  | "S_STARTING"
  | "S_PENDING"
  | "S_ELECTION"
  | "S_INTEGRATION"
  | "S_FINALIZE_JOIN"
  | "S_POLICY_ENGINE"
  | "S_TRANSITION_ENGINE"
  | "S_IDLE"
  | "S_NOT_DC"
  | "S_STOPPING"
  | "S_TERMINATE";

export interface NodeStatus {
  readonly nodeId: NodeId;
  readonly nodeName: string;
  readonly clusterName: string;
  readonly state: ControllerState;
  /** Name of the DC; null while there is none. */
  readonly dc: string | null;
  readonly isQuorate: boolean;
  readonly isShuttingDown: boolean;
  /** Why the CIB is no longer written to disk on this node; null when all is well. */
  readonly diskProblem: string | null;
}

export interface NodeListing {
  readonly nodeId: NodeId;
  readonly name: string;
  /** `lost` also for a configured node that was never seen. */
  readonly state: "member" | "lost";
  /** The daemon of the node is in the group. */
  readonly isOnline: boolean;
}

export interface ExitNotice {
  /** 0: orderly; 1: error, start again; 100: stay down; 101: panic the host; 102: cluster layer lost. */
  readonly exitCode: 0 | 1 | 100 | 101 | 102;
  /** For people. */
  readonly reason: string;
}

/** One operation on the CIB. Source: CIB manager specification, 3. */
export interface CibRequest {
  /** `cib_query`, `cib_modify`, ... */
  readonly operation: string;
  /** Null for the whole document. */
  readonly section: string | null;
  readonly xpath: string | null;
  /** XML text. */
  readonly data: string | null;
  readonly flags: readonly string[];
  readonly client: CibClient;
}

/** Who asks. `user` is checked against the ACLs on every node. */
export interface CibClient {
  readonly name: string;
  readonly id: string;
  /** Null or empty: no ACLs apply. */
  readonly user: string | null;
  /** Unix groups of the user on the node where the request came in. */
  readonly groups: readonly string[];
}

export type CibAnswer =
  /** Carried out on this node (a configuration change: and durable on every member), or refused by the CIB's rules. */
  | {
      readonly kind: "done";
      readonly code: CibResultCode;
      /** For people: why it was refused; null when the code says it all. */
      readonly reason: string | null;
      readonly data: string | null;
    }
  /** Carried out, but some members could not make it durable: it may be lost when the others fail. */
  | { readonly kind: "notDurable"; readonly failures: readonly DurabilityFailure[] }
  /** Not carried out. */
  | { readonly kind: "unavailable"; readonly reason: string }
  /** The membership changed in between; the change may or may not be in effect. */
  | { readonly kind: "outcomeUnknown"; readonly reason: string };

export interface DurabilityFailure {
  readonly node: string;
  /** `ENOSPC`, `EROFS`, ...; `timeout` when the node did not report. */
  readonly code: string;
  readonly message: string;
}

export interface CibChange {
  readonly operation: string;
  readonly clientName: string;
  readonly clientId: string;
  readonly originNode: string;
  /** Patchset of format 2; do not change it. */
  readonly patchset: XmlElement;
}

export interface CibAccess {
  request(request: CibRequest, done: (answer: CibAnswer) => void): void;
  /** Changes in their order; returns the end of the subscription. */
  subscribe(listener: (change: CibChange) => void): () => void;
  /** The document as it is now, to read at once: it changes with the next event. */
  readonly document: XmlElement;
}

export interface AttributeUpdateRequest {
  readonly name: string;
  /** `name` is a regular expression over the known attributes. */
  readonly isPattern: boolean;
  /** Null unsets. `value++` and `value+=N` count on. Ignored for kind `delay`. */
  readonly value: string | null;
  readonly kind: "value" | "delay" | "both";
  /** Null: this node. */
  readonly node: string | null;
  readonly delayMs: number | null;
  readonly isPrivate: boolean;
  readonly setId: string | null;
  /** `instance_attributes` when null. */
  readonly setType: string | null;
  readonly wait: "no" | "local" | "cluster";
  readonly user: string | null;
}

export interface AttributeValue {
  readonly node: string;
  readonly value: string | null;
}

/** Transient node attributes. Source: attribute manager specification. */
export interface AttributeAccess {
  update(request: AttributeUpdateRequest, done: (result: RequestResult) => void): void;
  /** Null when no such attribute was ever set. `node` null: all nodes that have an entry. */
  query(name: string, node: string | null): readonly AttributeValue[] | null;
  /** Names known, sorted. */
  names(): readonly string[];
  /** Writes all attributes to the CIB now. */
  refresh(done: (result: RequestResult) => void): void;
  /** Unsets fail counts and times of last failure that match. */
  clearFailures(request: CleanupFilter, done: (result: RequestResult) => void): void;
}

export interface CleanupFilter {
  /** Null: every resource. */
  readonly resource: string | null;
  readonly operation: string | null;
  readonly intervalMs: number | null;
  /** Null: every node. */
  readonly node: string | null;
}

export interface CleanupRequest extends CleanupFilter {
  readonly kind: "cleanup" | "refresh";
}

export type RequestResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: "notReady" | "notFound" | "refused" | "invalid" | "timeout" | "failed" | "shuttingDown";
      /** One sentence for people: what is wrong and what to do. */
      readonly message: string;
    };

/** `class[:provider]:type` of a resource agent. `provider` is empty except for class ocf. */
export interface AgentName {
  readonly class: string;
  readonly provider: string;
  readonly type: string;
}

/** One action on one resource, as the transition graph asks for it. */
export interface Operation {
  /** Instance name as in the history: `web`, `db:1` only for unique clones. */
  readonly resourceId: string;
  readonly agent: AgentName;
  /** `start`, `stop`, `monitor`, `promote`, `demote`, `notify`, `reload-agent`, `migrate_to`, ... */
  readonly action: string;
  /** 0 for an action that is done once. */
  readonly intervalMs: number;
  /** 0 means no limit. */
  readonly timeoutMs: number;
  readonly startDelayMs: number;
  /**
   * Instance parameters and `CRM_meta_*` attributes, in the order of the graph; names unchanged. The executor
   * makes the environment of them (executor specification, 5).
   */
  readonly parameters: ReadonlyMap<string, string>;
  /** A timeout kills the agent process only, not its group, when the operation's on-fail is `block`. */
  readonly killsGroup: boolean;
  /** Opaque to the executor, returned with the result. */
  readonly transitionKey: string;
}

/** A result as the history keeps it. Source: executor specification, 2, 6, 9. */
export interface OperationResult {
  readonly operation: Operation;
  /** Grows with each operation accepted by this executor; from 1. */
  readonly callId: number;
  /** One of `ExecutionStatus`. */
  readonly status: number;
  /** One of `OcfCode`. */
  readonly rc: number;
  /** Empty when there is none. */
  readonly exitReason: string;
  /** Seconds since 1970: when the last run began. */
  readonly lastRunS: number;
  /** Seconds since 1970: when a run first gave the present result. */
  readonly lastChangeS: number;
  readonly execTimeMs: number;
  readonly queueTimeMs: number;
  /** What the agent printed (stderr preferred), cut to a bound; for logs. */
  readonly output: string;
}

export type AgentCallback = (result: OperationResult) => void;

export type MetadataResult =
  | { readonly ok: true; readonly xml: string }
  | { readonly ok: false; readonly reason: string };

/**
 * Runs resource agents on this node. Operations on one resource run one at a time, in the order given;
 * different resources in parallel. Source: executor specification.
 */
export interface Agents {
  /**
   * Queues an operation and returns its call id. `report` is called once for a single action; for a recurring one with the first result,
   * then on each change of rc or status, and a last time when it is cancelled. A recurring operation already known (same resource, action,
   * interval) is taken over by the new request. Starting a `stop` cancels the resource's recurring operations.
   */
  execute(operation: Operation, report: AgentCallback): number;
  /**
   * Ends a recurring operation; its callback gets status cancelled with rc 0 as its last report. A run in flight is
   * killed first (SIGKILL to its process group), so the report may take a moment. False when it is not known.
   */
  cancel(resourceId: string, action: string, intervalMs: number): boolean;
  /**
   * Metadata of an agent (OCF XML, well-formed), by running it or from a cache. A failure is not cached. The cache
   * entry goes when a `start` of this agent begins and by `forgetMetadata`.
   */
  metadata(agent: AgentName, done: (result: MetadataResult) => void): void;
  /** The next `metadata` runs the agent again: an agent may be updated while the cluster runs. */
  forgetMetadata(agent: AgentName): void;
  /** Operations queued or running now, recurring ones between runs not counted. */
  readonly runningCount: number;
  /**
   * Cancels every recurring operation without reporting, kills runs of them that are in flight; single actions,
   * queued or running, go on and report.
   */
  cancelAll(): void;
}

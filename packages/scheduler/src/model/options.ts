export type QuorumPolicy = "stop" | "freeze" | "ignore" | "demote" | "fence";
export type PlacementStrategy = "default" | "utilization" | "minimal" | "balanced";
export type HealthStrategy = "none" | "migrate-on-red" | "only-green" | "progressive" | "custom";
export type FencingActionName = "reboot" | "off";

/** The cluster options that affect the schedule, checked and with their defaults. Source: part 1, 3.2. */
export interface ClusterOptions {
  /** What the option says, `fence` reduced to `stop` where it must not be followed (part 1, 3.4). */
  readonly noQuorumPolicy: QuorumPolicy;
  readonly isSymmetric: boolean;
  readonly isMaintenance: boolean;
  readonly stopsAllResources: boolean;
  readonly isStartFailureFatal: boolean;
  readonly isFencingEnabled: boolean;
  readonly fencingAction: FencingActionName;
  /** Text as configured; a graph attribute. */
  readonly fencingTimeout: string;
  readonly hasWatchdog: boolean;
  readonly isFencingConcurrent: boolean;
  /** False whenever fencing is disabled. */
  readonly fencesAtStartup: boolean;
  readonly priorityFencingDelayMs: number;
  readonly nodePendingTimeoutMs: number;
  readonly fencesRemoteWithoutQuorum: boolean;
  readonly locksOnShutdown: boolean;
  /** 0 when unlimited or when locks are off. */
  readonly shutdownLockLimitMs: number;
  readonly stopsRemovedResources: boolean;
  readonly cancelsRemovedActions: boolean;
  readonly probesAtStartup: boolean;
  readonly placementStrategy: PlacementStrategy;
  readonly healthStrategy: HealthStrategy;
  readonly healthBase: number;
  /** What the words `red`, `yellow` and `green` mean as scores (part 1, 3.5). */
  readonly healthScores: { readonly red: number; readonly yellow: number; readonly green: number };
  /** Text as configured; a graph attribute. */
  readonly clusterDelay: string;
  /** Text as configured; a graph attribute. */
  readonly batchLimit: string;
  /** Text as configured; a graph attribute when its integer is above 0. */
  readonly migrationLimit: string;
  readonly clusterName: string | null;
  /** Some `requires` or `provides` is `unfencing` (part 1, 3.3); not an option, but known with them. */
  readonly usesUnfencing: boolean;
}

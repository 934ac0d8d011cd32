import type { ClusterNodeConfig } from "@quorate/controller";
import type { EngineTiming, QuorumOptions } from "@quorate/membership";
import type { NodeId } from "@quorate/ports";

/** What can differ from one simulated cluster to the next, faults apart. */
export interface ClusterOptions {
  readonly seed?: number;
  readonly quorum?: Partial<QuorumOptions>;
  /** Default: losses are seen fast, messages are not held up. */
  readonly engineTiming?: EngineTiming;
  /** A fenced node comes back after this time; null: it stays off. */
  readonly rebootMs?: number | null;
  /** A daemon that ended with an error is started again after this time; null: it is not. */
  readonly respawnMs?: number | null;
  readonly dcDeadtimeMs?: number;
  /** Every node has a watchdog that sbd feeds; default no. */
  readonly hasWatchdog?: boolean;
  /** Average number of processes that want to run on a node; default: nobody looks. */
  readonly cpuLoad?: (nodeId: NodeId) => number;
  /** What the scheduler does instead of its work; null: its work. */
  readonly schedulerFailure?: () => string | null;
  /** What the software of a node is, where it is not that of the others; asked at each start of its daemon. */
  readonly software?: (
    nodeId: NodeId,
  ) => Partial<Pick<ClusterNodeConfig, "featureSet" | "changeRules">> | undefined;
  /** What the machine's own settings say of a node; asked at each start of its daemon. */
  readonly settings?: (nodeId: NodeId) => Partial<Pick<ClusterNodeConfig, "startState" | "actionLimit">>;
  /** Names of hosts that run a remote executor; default none. */
  readonly remotes?: readonly string[];
  /** Resources that may be active on one node only; default `d1` and `d2`. */
  readonly exclusive?: readonly string[];
}

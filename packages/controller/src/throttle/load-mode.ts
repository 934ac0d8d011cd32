/** How much a node is loaded, the least first. */
export const LOAD_MODES = ["negligible", "low", "medium", "high", "extreme"] as const;
export type LoadMode = (typeof LOAD_MODES)[number];

export interface LoadReading {
  /** Average number of processes that want to run; null: not known. */
  readonly cpuLoad: number | null;
  /** Share of its time that the daemon is at work, 0 to 1. */
  readonly daemonShare: number;
  readonly coreCount: number;
  /** Cluster option `load-threshold`, 0.8 for 80 %; 0 or less: the load of the host does not count. */
  readonly threshold: number;
}

/** A host with one core is never all the cluster's. */
const SINGLE_CORE_SHARE = 0.6;
/** Share of its time above which the daemon counts as highly loaded, with several cores and with one. */
const DAEMON_SHARE_MAX = 0.95;
const DAEMON_SHARE_MAX_SINGLE = 0.4;

/** The worse of what the host and the daemon say. Source: controller specification, 8. */
export function loadModeOf({ cpuLoad, daemonShare, coreCount, threshold }: LoadReading): LoadMode {
  const isSingle = coreCount <= 1;
  const daemonMax = isSingle ? DAEMON_SHARE_MAX_SINGLE : DAEMON_SHARE_MAX;
  const byDaemon = rank(
    daemonShare / (threshold > 0 ? Math.min(daemonMax, threshold) : daemonMax),
    [0.8, 0.9, 1, 1.5],
  );
  const isHostCounted = cpuLoad !== null && threshold > 0;
  const capacity = threshold * (isSingle ? SINGLE_CORE_SHARE : coreCount);
  const byHost = isHostCounted ? rank(cpuLoad / capacity, [1.2, 1.6, 2]) : 0;
  return LOAD_MODES[Math.max(byDaemon, byHost)]!;
}

/** How many of the limits are exceeded. */
function rank(load: number, limits: readonly number[]): number {
  return limits.filter((limit) => load > limit).length;
}

/** Actions that may run at once on a node that takes `max` when it has nothing else to do. */
export function jobLimitOf(mode: LoadMode, max: number): number {
  const divisor = { negligible: 1, low: 2, medium: 4, high: max, extreme: max }[mode];
  return Math.max(1, Math.floor(max / divisor));
}

/**
 * Actions that may run at once in the whole cluster.
 * @param configured cluster option `batch-limit`; 0: as many as the nodes take
 * @param modes of all members
 * @returns 0 for no limit
 */
export function batchLimitOf(configured: number, modes: readonly LoadMode[]): number {
  const divisor = modes.includes("extreme") ? 4 : modes.includes("high") ? 2 : null;
  if (divisor === null) return configured;
  const limit = Math.max(1, Math.floor(modes.length / divisor));
  return configured > 0 ? Math.min(configured, limit) : limit;
}

import { parseBoolean, parseDurationMs } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";

/** The cluster options that the controllers themselves heed, in milliseconds where they are times. Source: controller specification, 1 and 14. */
export interface ClusterOptions {
  readonly dcDeadtimeMs: number | null;
  readonly electionTimeoutMs: number | null;
  readonly joinIntegrationTimeoutMs: number | null;
  readonly joinFinalizationTimeoutMs: number | null;
  readonly shutdownEscalationMs: number;
  readonly transitionDelayMs: number;
  readonly recheckIntervalMs: number;
  readonly clusterDelayMs: number;
  readonly fencingAttemptsMax: number;
  readonly panicsWhenFenced: boolean;
  /** A node that had quorum and a watchdog does not outlive the loss of it. */
  readonly panicsWithoutQuorum: boolean;
  /** How long a resource stays locked to a node that was shut down, 0 for ever; null: it is not. */
  readonly shutdownLockLimitMs: number | null;
  readonly nodeActionLimit: number;
  /** 0.8 for 80 %; 0 or less: the load of hosts does not count. */
  readonly loadThreshold: number;
  readonly startFailureIsFatal: boolean;
  readonly clusterName: string | null;
}

const MINUTE_MS = 60_000;

/** Reads `crm_config`; the first set that has a name wins, the bootstrap set before all others. */
export function readClusterOptions(cib: XmlElement): ClusterOptions {
  const values = optionValues(cib);
  const first = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = values.get(name);
      if (value !== undefined) return value;
    }
    return null;
  };
  const duration = (...names: readonly string[]): number | null => {
    const text = first(...names);
    const parsed = text === null ? null : parseDurationMs(text);
    return parsed === null || parsed < 0 ? null : parsed;
  };
  const count = (fallback: number, ...names: readonly string[]): number => {
    const text = first(...names);
    return text !== null && /^\d+$/.test(text.trim()) ? Number(text) : fallback;
  };
  return {
    dcDeadtimeMs: duration("dc-deadtime"),
    electionTimeoutMs: duration("election-timeout"),
    joinIntegrationTimeoutMs: duration("join-integration-timeout"),
    joinFinalizationTimeoutMs: duration("join-finalization-timeout"),
    shutdownEscalationMs: duration("shutdown-escalation") ?? 20 * MINUTE_MS,
    transitionDelayMs: duration("transition-delay") ?? 0,
    recheckIntervalMs: duration("cluster-recheck-interval") ?? 15 * MINUTE_MS,
    clusterDelayMs: duration("cluster-delay") ?? MINUTE_MS,
    fencingAttemptsMax: count(10, "fencing-max-attempts", "stonith-max-attempts"),
    panicsWhenFenced: first("fencing-reaction", "fence-reaction") === "panic",
    panicsWithoutQuorum: ["fence", "suicide"].includes(first("no-quorum-policy") ?? ""),
    shutdownLockLimitMs:
      parseBoolean(first("shutdown-lock")) === true ? (duration("shutdown-lock-limit") ?? 0) : null,
    nodeActionLimit: count(0, "node-action-limit"),
    loadThreshold: percentage(first("load-threshold")) ?? LOAD_THRESHOLD_DEFAULT,
    startFailureIsFatal: parseBoolean(first("start-failure-is-fatal")) ?? true,
    clusterName: first("cluster-name"),
  };
}

const LOAD_THRESHOLD_DEFAULT = 0.8;

/** `80%` is 0.8; null for anything that is no percentage. */
function percentage(text: string | null): number | null {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*%?\s*$/.exec(text ?? "");
  return match === null ? null : Number(match[1]) / 100;
}

/** How many scheduler inputs of each kind are kept; 0: none, negative: all. Source: controller specification, 5. */
export function readSeriesLimits(cib: XmlElement): {
  readonly error: number;
  readonly warn: number;
  readonly input: number;
} {
  const values = optionValues(cib);
  const limit = (name: string, fallback: number): number => {
    const text = values.get(name)?.trim() ?? "";
    return /^-?\d+$/.test(text) ? Number(text) : fallback;
  };
  return {
    error: limit("pe-error-series-max", -1),
    warn: limit("pe-warn-series-max", 5000),
    input: limit("pe-input-series-max", 4000),
  };
}

/** Cluster options by name; the bootstrap set before all others. */
export function optionValues(cib: XmlElement): Map<string, string> {
  const sets = cib.first("configuration")?.first("crm_config")?.all("cluster_property_set") ?? [];
  const isBootstrap = (set: XmlElement) => set.id === "cib-bootstrap-options";
  const values = new Map<string, string>();
  for (const set of [...sets.filter(isBootstrap), ...sets.filter((set) => !isBootstrap(set))])
    for (const pair of set.all("nvpair")) {
      const name = pair.get("name");
      if (name !== null && !values.has(name)) values.set(name, pair.get("value") ?? "");
    }
  return values;
}

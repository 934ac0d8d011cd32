import { addScores, parseInteger, parseInterval, parseScore, secondsOfMs } from "@quorate/cib";
import { isInBundle } from "./ancestry.ts";
import type { Cluster } from "./cluster.ts";
import { baseNameOf } from "./history/owner.ts";
import type { HistoryEntry } from "./history-entry.ts";
import type { ClusterNode } from "./node.ts";
import { hasFlags, type Resource, ResourceFlag } from "./resource.ts";
import { attributeOf, isText } from "./xml-attribute.ts";

/** Failures of a resource on a node. */
export interface FailCount {
  readonly count: number;
  /** Epoch seconds of the latest one; 0 when the count is 0 or the time is unknown. */
  readonly lastFailureS: number;
}

export interface FailCountQuestion {
  /** Expired failures do not count. */
  readonly isEffective: boolean;
  /** Failures of what the resource launched count, too. */
  readonly withLaunched?: boolean;
  /** The failure that is being judged, if one is; it decides whether failures block for good. */
  readonly entry?: HistoryEntry | null;
}

/** What the attributes of one node say, by resource name as it is written there. */
export interface NodeFailCounts {
  readonly exact: ReadonlyMap<string, FailCount>;
  /** The same, but by the name without instance number, for names that have one. */
  readonly byBaseName: ReadonlyMap<string, FailCount>;
}

/**
 * The fail count of a resource on a node. Asking has an effect: a failure that blocks for good switches the
 * resource's failure-timeout off. Source: part 1, 14.1 and 14.2.
 */
export function failCount(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  question: FailCountQuestion,
): FailCount {
  const raw = rawFailCount(cluster, resource, node);
  let count = raw.count;
  let lastFailureS = raw.lastFailureS;
  if (
    count > 0 &&
    resource.failureTimeoutMs > 0 &&
    isBlocking(cluster, resource, node, question.entry ?? null)
  ) {
    resource.failureTimeoutMs = 0;
  }
  const timeoutS = failureTimeoutS(resource);
  if (
    question.isEffective &&
    count > 0 &&
    lastFailureS > 0 &&
    timeoutS > 0 &&
    cluster.nowS > lastFailureS + timeoutS
  ) {
    count = 0;
  }
  if (question.withLaunched === true && !isInBundle(resource)) {
    for (const launched of resource.launched) {
      const other = failCount(cluster, launched, node, question);
      count += other.count;
      lastFailureS = Math.max(lastFailureS, other.lastFailureS);
    }
  }
  return { count, lastFailureS: count === 0 ? 0 : lastFailureS };
}

/** The failure-timeout in whole seconds; 0: failures never expire. */
export function failureTimeoutS(resource: Resource): number {
  return secondsOfMs(resource.failureTimeoutMs);
}

const NONE: FailCount = { count: 0, lastFailureS: 0 };

function rawFailCount(cluster: Cluster, resource: Resource, node: ClusterNode): FailCount {
  const counts = countsOf(cluster, node);
  if (counts.exact.size === 0) return NONE;
  const isUnique = hasFlags(resource, ResourceFlag.Unique);
  const ownName = resource.historyName ?? resource.id;
  const name = isUnique ? ownName : baseNameOf(ownName);
  if (name.includes(".")) return patternFailCount(counts, name, isUnique);
  const exact = counts.exact.get(name) ?? NONE;
  return isUnique ? exact : combine(exact, counts.byBaseName.get(name) ?? NONE);
}

/** A dot in a resource id matches any character, as in the reference. */
function patternFailCount(counts: NodeFailCounts, name: string, isUnique: boolean): FailCount {
  let sum = NONE;
  for (const [written, value] of counts.exact) {
    const base = isUnique ? written : baseNameOf(written);
    if (matchesWithDots(written, name) || matchesWithDots(base, name)) sum = combine(sum, value);
  }
  return sum;
}

function matchesWithDots(text: string, pattern: string): boolean {
  if (text.length !== pattern.length) return false;
  for (let i = 0; i < text.length; i++) {
    const expected = pattern.charCodeAt(i);
    if (expected !== DOT && expected !== text.charCodeAt(i)) return false;
  }
  return true;
}

const DOT = 46;

function combine(a: FailCount, b: FailCount): FailCount {
  return { count: addScores(a.count, b.count), lastFailureS: Math.max(a.lastFailureS, b.lastFailureS) };
}

function countsOf(cluster: Cluster, node: ClusterNode): NodeFailCounts {
  const known = cluster.failCounts.get(node);
  if (known !== undefined) return known;
  const exact = new Map<string, FailCount>();
  const byBaseName = new Map<string, FailCount>();
  for (const [attribute, value] of node.attributes) {
    const match = /^(fail-count|last-failure)-([^#]+)#.+_\d+$/.exec(attribute);
    const name = match?.[2];
    if (match === null || name === undefined) continue;
    const found = match[1] === "fail-count" ? readCount(cluster, value) : readTime(value);
    if (found === null) continue;
    exact.set(name, combine(exact.get(name) ?? NONE, found));
    const base = baseNameOf(name);
    if (base !== name) byBaseName.set(base, combine(byBaseName.get(base) ?? NONE, found));
  }
  const counts = { exact, byBaseName };
  cluster.failCounts.set(node, counts);
  return counts;
}

function readCount(cluster: Cluster, value: string): FailCount | null {
  const parsed = parseScore(value, cluster.options.healthScores);
  return parsed.isValid ? { count: parsed.score, lastFailureS: 0 } : null;
}

function readTime(value: string): FailCount | null {
  const time = parseInteger(value);
  return time === null ? null : { count: 0, lastFailureS: time };
}

/**
 * Whether a failure of the resource on the node blocks it for good: an operation that is configured with
 * `on-fail="block"` failed. Source: part 1, 14.4.
 */
function isBlocking(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry | null,
): boolean {
  const baseName = baseNameOf(resource.id);
  if (resource.xml.name !== "primitive" || attributeOf(resource.xml, "id") !== baseName) return false;
  for (const operation of resource.xml.descendants("op")) {
    if (operation.get("on-fail") !== "block") continue;
    const name = attributeOf(operation, "name");
    if (name === null) continue;
    const intervalMs = parseInterval(attributeOf(operation, "interval")).milliseconds;
    if (entry !== null) {
      if (isFailureOf(entry, baseName, name, intervalMs)) return true;
      continue;
    }
    for (const candidate of cluster.history.entriesOf(node.name, baseName)) {
      if (
        candidate.operation === name &&
        candidate.intervalMs === intervalMs &&
        isFailureOf(candidate, baseName, name, intervalMs)
      ) {
        return true;
      }
    }
  }
  return false;
}

function isFailureOf(entry: HistoryEntry, baseName: string, operation: string, intervalMs: number): boolean {
  if (entry.intervalMs !== intervalMs || !isText(entry.operation, operation)) return false;
  if (entry.id === `${baseName}_last_failure_0`) return true;
  return entry.id === `${baseName}_${operation}_${intervalMs}` && entry.exitStatus !== entry.expectedStatus;
}

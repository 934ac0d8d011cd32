import { compareBytes, compareVersions } from "@quorate/cib";
import { escapeAttribute } from "@quorate/xml";
import type { ActionDigests } from "../model/action-digests.ts";
import { currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import type { HistoryEntry } from "../model/history-entry.ts";
import type { ModelMemory } from "../model/memory.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { actionKey } from "./action-key.ts";
import { isPrivateFencingParameter } from "./fencing-parameters.ts";
import { configuredOperation, findOperation, operationParameters } from "./operation-configuration.ts";

export type DigestComparison = "match" | "mismatch" | "restart" | "unknown";

/**
 * Whether a result in the history was made with the parameters that are configured now. `restart` means that a
 * parameter changed that needs a restart. Source: part 1, 19.4; part 3, 12.3.
 */
export function compareDigests(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry,
): DigestComparison {
  const digests = entryDigests(cluster, resource, node, entry);
  const result = compare(cluster, digests, entry);
  digests.isRestartOnMismatch = result === "restart";
  return result;
}

function compare(cluster: Cluster, digests: ActionDigests, entry: HistoryEntry): DigestComparison {
  const restartDigest = restartDigestOf(cluster, entry);
  if (digests.restart !== null && restartDigest !== null && digests.restart !== restartDigest) {
    return "restart";
  }
  if (entry.opDigest === null) return "unknown";
  if (digests.all === entry.opDigest) return "match";
  return entry.intervalMs === 0 && digests.isRestartOnMismatch ? "restart" : "mismatch";
}

/** True when no parameter but private ones (passwords) changed, as far as the history can tell. */
export function isOnlyPrivateChange(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry,
): boolean {
  if (entry.secureDigest === null) return false;
  return entryDigests(cluster, resource, node, entry).secure === entry.secureDigest;
}

/** Of a recurring failure that expired: something that no digest is equal to (part 1, 12.4). */
export function restartDigestOf(cluster: Cluster, entry: HistoryEntry): string | null {
  return cluster.expiredEntries.has(entry) ? "calculated-failure-timeout" : entry.restartDigest;
}

/** Digests of an operation in the history, as they are with the parameters that are configured now. */
export function entryDigests(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  entry: HistoryEntry,
): ActionDigests {
  return cachedDigests(cluster, {
    resource,
    node,
    task: entry.operation,
    intervalMs: entry.intervalMs,
    hasRestartDigest: restartDigestOf(cluster, entry) !== null,
    forceRestart: entry.xml.get("op-force-restart"),
    secureParameters: entry.xml.get("op-secure-params"),
    featureSet: entry.xml.get("crm_feature_set"),
  });
}

/** Digests of a fence device for unfencing, for which there is no history. Source: part 3, 21.6. */
export function unfencingDigests(cluster: Cluster, resource: Resource, node: ClusterNode): ActionDigests {
  return cachedDigests(cluster, {
    resource,
    node,
    task: "stonith-on",
    intervalMs: 0,
    hasRestartDigest: false,
    forceRestart: null,
    secureParameters: " passwd password user ",
    featureSet: null,
  });
}

interface DigestQuery {
  readonly resource: Resource;
  readonly node: ClusterNode;
  readonly task: string;
  readonly intervalMs: number;
  readonly hasRestartDigest: boolean;
  /** Blank-separated names: only these need a restart. */
  readonly forceRestart: string | null;
  /** Blank-separated names that the secure digest leaves out. */
  readonly secureParameters: string | null;
  readonly featureSet: string | null;
}

function cachedDigests(cluster: Cluster, query: DigestQuery): ActionDigests {
  const key = actionKey(query.resource.id, query.task, query.intervalMs);
  const known = query.node.digests.get(key);
  if (known !== undefined) return known;
  const made = calculateDigests(cluster, query);
  query.node.digests.set(key, made);
  return made;
}

const SECURE_FROM_ALL_SINCE = "3.16.0";

function calculateDigests(cluster: Cluster, query: DigestQuery): ActionDigests {
  const { resource, node, task, intervalMs } = query;
  const operation = findOperation(resource, task, intervalMs);
  const instance = instanceParameters(cluster, resource, node);
  const all = new Map(instance);
  let hasOwnParameters = false;
  if (operation !== null) {
    const own = operationParameters(cluster, operation, node);
    hasOwnParameters = own.size > 0;
    mergeMissing(all, own);
  }
  // The only meta-attribute that a digest covers, and only for what recurs.
  if (intervalMs > 0 && !all.has(TIMEOUT)) {
    const facts = { resource, task, intervalMs, node, isNotification: false };
    const timeout = configuredOperation(cluster, facts).meta.get("timeout");
    if (timeout !== undefined) all.set(TIMEOUT, timeout);
  }
  filterParameters(all, intervalMs);

  let restart: string | null = null;
  if (query.hasRestartDigest) {
    const reduced = new Map(all);
    if (query.forceRestart !== null) {
      const names = listedNames(query.forceRestart);
      for (const name of all.keys()) if (!names.has(name)) reduced.delete(name);
    }
    restart = digestOf(reduced, cluster.memory);
  }
  let secure: string | null = null;
  return {
    all: digestOf(all, cluster.memory),
    restart,
    // Asked for only when something differs.
    get secure() {
      secure ??= digestOf(secureParameters(cluster, query, { all, instance }), cluster.memory);
      return secure;
    },
    isRestartOnMismatch: intervalMs === 0 && hasOwnParameters,
  };
}

/** Not to be changed. */
function instanceParameters(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
): ReadonlyMap<string, string> {
  const parameters = parametersOf(cluster, resource, node);
  const host = hasFlags(resource, ResourceFlag.AddressIsNodeName) ? connectionHost(resource) : null;
  if (host === null) return parameters;
  const instance = new Map([["addr", host.name]]);
  mergeMissing(instance, parameters);
  return instance;
}

/** Source: part 1, 19.3. */
function secureParameters(
  cluster: Cluster,
  query: DigestQuery,
  parameters: { readonly all: ReadonlyMap<string, string>; readonly instance: ReadonlyMap<string, string> },
): Map<string, string> {
  const featureSet = query.featureSet ?? cluster.cib.get("crm_feature_set") ?? SECURE_FROM_ALL_SINCE;
  const isNew = compareVersions(featureSet, SECURE_FROM_ALL_SINCE) >= 0;
  const result = new Map(isNew ? parameters.all : parameters.instance);
  for (const name of listedNames(query.secureParameters ?? "")) result.delete(name);
  if (!isNew) {
    if (hasFlags(query.resource, ResourceFlag.FenceDevice)) {
      for (const name of [...result.keys()]) {
        if (isPrivateFencingParameter(name)) result.delete(name);
      }
    }
    filterParameters(result, query.intervalMs);
  }
  result.delete(TIMEOUT);
  return result;
}

/** Where a bundle's container will run or runs; its connection's address is that node's name. */
export function connectionHost(connection: Resource): ClusterNode | null {
  const container = connection.launcher;
  if (container === null) return null;
  return container.assignedNode ?? currentNode(container);
}

/** `CRM_meta_on_fail` for `on-fail`; null for names that do not become attributes. Source: part 3, 5.1. */
export function metaAttributeName(name: string): string | null {
  const known = COMMON_NAMES.get(name);
  if (known !== undefined) return known;
  if (name.includes("#") || name.includes(":")) return null;
  return `CRM_meta_${name.replaceAll("-", "_")}`;
}

/** Names that nearly every action has: with one string object for each, comparing them is comparing pointers. */
const COMMON_NAMES: ReadonlyMap<string, string> = new Map([
  ["interval", "CRM_meta_interval"],
  ["name", "CRM_meta_name"],
  ["on_node", "CRM_meta_on_node"],
  ["on_node_uuid", "CRM_meta_on_node_uuid"],
  ["op_target_rc", "CRM_meta_op_target_rc"],
  ["timeout", "CRM_meta_timeout"],
]);

const TIMEOUT = "CRM_meta_timeout";

const NEVER_HASHED: readonly string[] = [
  "id",
  "crm_feature_set",
  "op-digest",
  "on_node",
  "on_node_uuid",
  "pcmk_external_ip",
];

/** Removes what no digest covers (part 1, 19.2). */
export function filterParameters(table: Map<string, string>, intervalMs: number): void {
  for (const name of NEVER_HASHED) table.delete(name);
  for (const name of [...table.keys()]) {
    if (!name.startsWith("CRM_meta_")) continue;
    if (intervalMs > 0 && name === TIMEOUT) continue;
    table.delete(name);
  }
}

function mergeMissing(into: Map<string, string>, from: ReadonlyMap<string, string>): void {
  for (const [name, value] of from) if (!into.has(name)) into.set(name, value);
}

function listedNames(text: string): Set<string> {
  return new Set(text.split(" ").filter((name) => name !== ""));
}

/** MD5 of the classic text of a `parameters` element. Source: part 1, 19.1. */
export function digestOf(parameters: ReadonlyMap<string, string>, memory: ModelMemory): string {
  let text = " <parameters";
  for (const name of [...parameters.keys()].sort(compareBytes)) {
    text += ` ${name}="${escapeAttribute(parameters.get(name) ?? "")}"`;
  }
  return memory.digest(`${text}/>\n`);
}

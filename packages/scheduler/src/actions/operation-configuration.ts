import { parseBoolean, parseDateTime, parseDurationMs, secondsOfMs } from "@quorate/cib";
import { XmlAttributes, type XmlElement } from "@quorate/xml";
import type { ActionMeta } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";
import { validateOnFail } from "./on-fail.ts";
import { readOperationBlocks, readOperationDefaults, readOperationParameters } from "./operation-blocks.ts";
import { parseIntervalMs } from "./operation-interval.ts";

const TIMEOUT_MS_DEFAULT = 20000;
const MILLISECONDS_MAX = 2147483647;

/**
 * The `op` element of a resource for a task and interval: the first that matches; disabled ones count. A migration
 * task without one of its own uses `migrate`. Source: part 3, 3.1.
 */
export function findOperation(resource: Resource, name: string, intervalMs: number): XmlElement | null {
  const found = findByName(resource, name, intervalMs, false);
  if (found !== null || (name !== "migrate_to" && name !== "migrate_from")) return found;
  return findByName(resource, "migrate", 0, false);
}

/** The same, but only among operations that are not disabled. */
export function findEnabledOperation(
  resource: Resource,
  name: string,
  intervalMs: number,
): XmlElement | null {
  const found = findByName(resource, name, intervalMs, true);
  if (found !== null || (name !== "migrate_to" && name !== "migrate_from")) return found;
  return findByName(resource, "migrate", 0, true);
}

function findByName(
  resource: Resource,
  name: string,
  intervalMs: number,
  mustBeEnabled: boolean,
): XmlElement | null {
  for (const operation of resource.operations) {
    if (operation.get("name") !== name) continue;
    if (parseIntervalMs(operation.get("interval")) !== intervalMs) continue;
    if (mustBeEnabled && !isEnabled(operation)) continue;
    return operation;
  }
  return null;
}

/** An `op` is enabled unless its attribute `enabled` is false. */
function isEnabled(operation: XmlElement): boolean {
  const text = operation.get("enabled");
  return text === null || parseBoolean(text) !== false;
}

export interface OperationFacts {
  readonly resource: Resource;
  readonly task: string;
  readonly intervalMs: number;
  /** For which a fence device's parameters are evaluated. */
  readonly node: ClusterNode | null;
  /** The matching `op` element. */
  readonly operation: XmlElement | null;
}

/**
 * The meta table of an action: the operation's meta-attributes and XML attributes, `op_defaults`, and what is
 * derived from them. `timeout` is always there, in ms; `interval` only above 0. The result must not be changed.
 * It is the same on every node, except for fence devices, so it is worked out once for all probes of a resource.
 * Source: part 3, 3.2.
 */
export function operationMeta(cluster: Cluster, facts: OperationFacts): ActionMeta {
  const { resource, task, intervalMs, operation } = facts;
  if (hasFlags(resource, ResourceFlag.FenceDevice)) {
    return XmlAttributes.from(readOperationMeta(cluster, facts));
  }
  let tables = cluster.operationMeta.get(resource);
  if (tables === undefined) {
    tables = [];
    cluster.operationMeta.set(resource, tables);
  }
  for (const known of tables) {
    if (known.task === task && known.intervalMs === intervalMs && known.operation === operation)
      return known.table;
  }
  const table = XmlAttributes.from(readOperationMeta(cluster, facts));
  tables.push({ task, intervalMs, operation, table });
  return table;
}

/** A table that was worked out. A resource has few, so they are searched. */
export interface OperationMeta {
  readonly task: string;
  readonly intervalMs: number;
  readonly operation: XmlElement | null;
  readonly table: ActionMeta;
}

function readOperationMeta(cluster: Cluster, facts: OperationFacts): Map<string, string> {
  const { resource, task, intervalMs, operation } = facts;
  const isProbe = task === "monitor" && intervalMs === 0;
  const table = new Map<string, string>();
  if (operation !== null) {
    readOperationBlocks(cluster, operation, facts, table);
    for (const [name, value] of operation.attributes) table.set(name, value);
  }
  if (isProbe && !table.has("timeout")) {
    const timeout = mostFrequentMonitor(resource)?.get("timeout") ?? null;
    if (timeout !== null) table.set("timeout", timeout);
  }
  readOperationDefaults(cluster, facts, table);
  table.delete("id");
  if (intervalMs > 0) table.set("interval", String(intervalMs));
  else table.delete("interval");
  if (hasFlags(resource, ResourceFlag.FenceDevice) && (isProbe || task === "start")) {
    const timeout = parametersOf(cluster, resource, facts.node).get("pcmk_monitor_timeout");
    if (timeout !== undefined) table.set("timeout", timeout);
  }
  table.set("timeout", String(normalizedTimeoutMs(table.get("timeout") ?? null)));
  validateOnFail(table, { resource, task, operation, intervalMs });
  setStartDelay(cluster, table, intervalMs);
  return table;
}

/** The enabled recurring monitor with the smallest interval, the first of equal ones. */
function mostFrequentMonitor(resource: Resource): XmlElement | null {
  let best: XmlElement | null = null;
  let bestMs = 0;
  for (const operation of resource.operations) {
    if (operation.get("name") !== "monitor" || !isEnabled(operation)) continue;
    const intervalMs = parseIntervalMs(operation.get("interval"));
    if (intervalMs === 0 || (best !== null && intervalMs >= bestMs)) continue;
    best = operation;
    bestMs = intervalMs;
  }
  return best;
}

function normalizedTimeoutMs(text: string | null): number {
  const timeoutMs = text === null ? null : parseDurationMs(text);
  if (timeoutMs === null || timeoutMs <= 0) return TIMEOUT_MS_DEFAULT;
  return Math.min(timeoutMs, MILLISECONDS_MAX);
}

/** Source: part 3, 3.2 step 9. */
function setStartDelay(cluster: Cluster, table: Map<string, string>, intervalMs: number): void {
  const delay = table.get("start-delay");
  if (delay !== undefined) {
    const delayMs = parseDurationMs(delay) ?? 0;
    table.set("start-delay", String(Math.min(Math.max(delayMs, 0), MILLISECONDS_MAX)));
    return;
  }
  const origin = table.get("interval-origin");
  if (origin === undefined || intervalMs <= 0) return;
  const start = parseDateTime(origin, { nowS: cluster.nowS });
  if (start === null) return;
  const intervalS = secondsOfMs(intervalMs);
  const elapsedS = (cluster.nowS - start.epochS) % intervalS;
  const delayS = (elapsedS <= 0 ? 0 : intervalS) - elapsedS;
  table.set("start-delay", String(delayS * 1000));
}

/** The instance attributes of an operation; rules may use the node's attributes. Source: part 3, 2.3 step 4. */
export function operationParameters(
  cluster: Cluster,
  operation: XmlElement,
  node: ClusterNode,
): Map<string, string> {
  const table = new Map<string, string>();
  readOperationParameters(cluster, operation, node, table);
  return table;
}

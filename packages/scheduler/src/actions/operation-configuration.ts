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

/** What an action is about. */
export interface ActionFacts {
  readonly resource: Resource;
  readonly task: string;
  readonly intervalMs: number;
  /** For which a fence device's parameters are evaluated. */
  readonly node: ClusterNode | null;
  /** Without an operation of its own it uses `notify`. */
  readonly isNotification: boolean;
}

export interface OperationFacts extends ActionFacts {
  /** The matching `op` element. */
  readonly operation: XmlElement | null;
}

/** How the operation of an action is configured. */
export interface ConfiguredOperation {
  readonly task: string;
  readonly intervalMs: number;
  readonly isNotification: boolean;
  /** The `op` element that holds. */
  readonly operation: XmlElement | null;
  readonly meta: ActionMeta;
}

/**
 * The operation of an action and its meta table: the operation's meta-attributes and XML attributes, `op_defaults`, and what is
 * derived from them. `timeout` is always there, in ms; `interval` only above 0. The result must not be changed.
 * It is the same on every node, except for fence devices, and for all instances of a clone, which have one element: so it is
 * worked out once for all of them.
 * Source: part 3, 3.2.
 */
export function configuredOperation(cluster: Cluster, facts: ActionFacts): ConfiguredOperation {
  const { resource, task, intervalMs, isNotification } = facts;
  if (hasFlags(resource, ResourceFlag.FenceDevice)) return readOperation(cluster, facts);
  // Collectives have no operations, so for a task all of them have the same: the defaults.
  const hasNone = resource.primitive === null && resource.operations.length === 0;
  const key = hasNone ? cluster.cib : resource.xml;
  let operations = cluster.operations.get(key);
  if (operations === undefined) {
    operations = [];
    cluster.operations.set(key, operations);
  }
  // A resource has few, so they are searched.
  for (const known of operations) {
    if (known.task === task && known.intervalMs === intervalMs && known.isNotification === isNotification)
      return known;
  }
  const made = readOperation(cluster, facts);
  operations.push(made);
  return made;
}

function readOperation(cluster: Cluster, facts: ActionFacts): ConfiguredOperation {
  const { resource, task, intervalMs, isNotification } = facts;
  let operation = findOperation(resource, task, intervalMs);
  if (operation === null && isNotification) operation = findOperation(resource, "notify", 0);
  const meta = XmlAttributes.from(readOperationMeta(cluster, { ...facts, operation }));
  return { task, intervalMs, isNotification, operation, meta };
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

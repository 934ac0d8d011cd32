import { ExecutionStatus, OcfCode, type OperationResult, PENDING_CALL_ID } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import { isExpectedResult } from "../transition/action-dispatch.ts";
import { formatTransitionMagic, parseTransitionKey } from "../transition/transition-key.ts";
import type { ActionMessage } from "../wire/action-message.ts";

/** Digests of an operation's parameters, as attributes of its history entry. */
export type DigestAttributes = readonly (readonly [string, string])[];

export interface EntryInput {
  readonly action: ActionMessage;
  readonly resourceId: string;
  readonly transitionKey: string;
  readonly nodeName: string;
  readonly digests: DigestAttributes;
  /** Null for an operation that has just begun. */
  readonly result: OperationResult | null;
  readonly nowS: number;
}

export interface HistoryEntries {
  /** All the entries this result makes; the same content under different ids. Empty: it is not recorded. */
  readonly entries: readonly XmlElement[];
  readonly status: number;
  readonly rc: number;
  readonly isExpected: boolean;
}

/** Builds the `lrm_rsc_op` elements of a result. Source: controller specification, 9. */
export function historyEntries(input: EntryInput): HistoryEntries {
  const { action, result } = input;
  const intervalMs = intervalOf(action);
  const key = parseTransitionKey(input.transitionKey);
  const { status, rc } = normalise(action.operation, result);
  const isPending = status === ExecutionStatus.pending;
  const isExpected = isPending || isExpectedResult(status, rc, key?.targetRc ?? OcfCode.ok);
  if (status === ExecutionStatus.cancelled) return { entries: [], status, rc, isExpected: true };
  const operation = recordedOperation(action.operation, status, rc);
  const attributes: [string, string][] = [
    ["operation_key", keyOf(input.resourceId, operation, action, intervalMs)],
    ["operation", operation],
    ["crm-debug-origin", isPending ? "operation_begun" : "operation_ended"],
    ["crm_feature_set", action.attributes.get("crm_feature_set") ?? ""],
    ["transition-key", input.transitionKey],
    ["transition-magic", key === null ? "" : formatTransitionMagic({ status, rc, key })],
    ["exit-reason", isExpected ? "" : (result?.exitReason ?? "")],
    ["on_node", input.nodeName],
    ["call-id", String(isPending ? PENDING_CALL_ID : (result?.callId ?? PENDING_CALL_ID))],
    ["rc-code", String(rc)],
    ["op-status", String(status)],
    ["interval", String(intervalMs)],
    ["last-rc-change", String(changeTimeS(result, intervalMs, input.nowS))],
    ["exec-time", String(result?.execTimeMs ?? 0)],
    ["queue-time", String(result?.queueTimeMs ?? 0)],
  ];
  for (const name of ["migrate_source", "migrate_target"] as const) {
    const value = action.attributes.get(`CRM_meta_${name}`);
    if (value !== undefined && action.operation.startsWith("migrate_")) attributes.push([name, value]);
  }
  const ids = entryIds(input.resourceId, action, intervalMs, isExpected);
  return {
    entries: ids.map((id) => new XmlElement("lrm_rsc_op", [["id", id], ...attributes, ...input.digests])),
    status,
    rc,
    isExpected,
  };
}

export function intervalOf(action: ActionMessage): number {
  return Number(action.attributes.get("CRM_meta_interval") ?? "0") || 0;
}

function normalise(operation: string, result: OperationResult | null): { status: number; rc: number } {
  if (result === null) return { status: ExecutionStatus.pending, rc: OcfCode.pending };
  if (operation === "notify" && result.status !== ExecutionStatus.cancelled)
    return { status: ExecutionStatus.done, rc: OcfCode.ok };
  const isState = [OcfCode.notRunning, OcfCode.promoted, OcfCode.degraded, OcfCode.degradedPromoted].some(
    (code) => code === result.rc,
  );
  if (result.status === ExecutionStatus.error && isState)
    return { status: ExecutionStatus.done, rc: result.rc };
  return { status: result.status, rc: result.rc };
}

/** A good reload leaves the resource as a start does; a failed one tells of its state as a monitor does. */
function recordedOperation(operation: string, status: number, rc: number): string {
  if (operation !== "reload" && operation !== "reload-agent") return operation;
  return (status === ExecutionStatus.done && rc === OcfCode.ok) || status === ExecutionStatus.pending
    ? "start"
    : "monitor";
}

function keyOf(resourceId: string, operation: string, action: ActionMessage, intervalMs: number): string {
  if (operation === "notify") return notifyKey(resourceId, action);
  return `${resourceId}_${operation}_${intervalMs}`;
}

function notifyKey(resourceId: string, action: ActionMessage): string {
  const type =
    action.attributes.get("CRM_meta_notify_key_type") ?? action.attributes.get("CRM_meta_notify_type");
  const operation =
    action.attributes.get("CRM_meta_notify_key_operation") ??
    action.attributes.get("CRM_meta_notify_operation");
  return `${resourceId}_${type ?? "post"}_notify_${operation ?? "start"}_0`;
}

function entryIds(
  resourceId: string,
  action: ActionMessage,
  intervalMs: number,
  isExpected: boolean,
): readonly string[] {
  const { operation } = action;
  if (operation === "notify") return [notifyKey(resourceId, action)];
  if (operation === "migrate_to" || operation === "migrate_from") {
    const key = `${resourceId}_${operation}_0`;
    return isExpected ? [key] : [`${resourceId}_last_failure_0`, key];
  }
  const last = intervalMs === 0 ? `${resourceId}_last_0` : `${resourceId}_${operation}_${intervalMs}`;
  if (isExpected) return [last];
  return intervalMs === 0 ? [`${resourceId}_last_failure_0`, last] : [`${resourceId}_last_failure_0`];
}

function changeTimeS(result: OperationResult | null, intervalMs: number, nowS: number): number {
  if (result === null) return nowS;
  const time = intervalMs > 0 ? result.lastChangeS : result.lastRunS;
  return time > 0 ? time : nowS;
}

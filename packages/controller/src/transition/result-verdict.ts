import { ExecutionStatus } from "@quorate/ports";
import type { GraphAction } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { type ActionDispatch, isExpectedResult } from "./action-dispatch.ts";
import { parseTransitionMagic } from "./transition-key.ts";

/** What a reported result means for the running transition and for the fail counts. */
export interface ResultVerdict {
  readonly nodeName: string;
  readonly resource: string;
  /** Action of the running transition that this result ends. */
  readonly finishes: number | null;
  readonly isExpected: boolean;
  /** Why it aborts the transition, when it ends no action of it. */
  readonly abortReason: string | null;
  readonly detail: string;
  /** The result is a failure to be counted, if its operation is one that counts. */
  readonly isCountable: boolean;
  /** The result belongs to no transition at all. */
  readonly isExternal: boolean;
  readonly operation: string;
  readonly intervalMs: number;
  readonly rc: number;
  /** `on-fail` of the operation where known. */
  readonly onFail: string | null;
}

interface ReportedResult {
  readonly nodeName: string;
  readonly resource: string;
  /** Null for a result that is in no history. */
  readonly entry: XmlElement | null;
  readonly magic: string;
}

/**
 * Null for what is no result yet (a pending entry). Source: controller specification, 7 (causes of aborts) and 9.
 */
export function judgeResult(
  result: ReportedResult,
  dispatch: ActionDispatch | null,
  leaderUuid: string,
): ResultVerdict | null {
  const magic = parseTransitionMagic(result.magic);
  const operation = result.entry?.get("operation") ?? "";
  const intervalMs = Number(result.entry?.get("interval") ?? "0");
  const base = {
    nodeName: result.nodeName,
    resource: result.resource,
    finishes: null,
    isExternal: false,
    operation,
    intervalMs,
    onFail: null,
  };
  const detail = `${result.entry?.get("operation_key") ?? "?"} on ${result.nodeName} | magic=${result.magic}`;
  if (magic === null)
    return { ...base, isExpected: false, abortReason: "Bad event", detail, isCountable: false, rc: -1 };
  if (magic.status === ExecutionStatus.pending) return null;
  const { key, rc, status } = magic;
  const isExpected = isExpectedResult(status, rc, key.targetRc);
  const isFailure = !isExpected && status !== ExecutionStatus.invalid && status !== ExecutionStatus.cancelled;
  const isCountable = isFailure && result.entry !== null && magic.rc !== key.targetRc;
  const verdict = { ...base, isExpected, detail, isCountable, rc };
  if (key.transition === -1) return { ...verdict, abortReason: "Unexpected event", isExternal: true };
  if (key.leaderUuid !== leaderUuid) return { ...verdict, abortReason: "Foreign event" };
  const isCurrent = dispatch !== null && dispatch.transition === key.transition;
  const action: GraphAction | null = isCurrent ? dispatch.run.action(key.actionId) : null;
  const known = { ...verdict, onFail: action?.attributes.get("CRM_meta_on_fail") ?? null };
  if (isCurrent && action !== null) {
    const state = dispatch.run.stateOf(key.actionId);
    if (state === "pending" || state === "waiting")
      return { ...known, finishes: key.actionId, abortReason: null };
  }
  if (result.entry === null) return null;
  if (intervalMs > 0) return { ...known, abortReason: "Change in recurring result" };
  if (isCurrent) return { ...known, abortReason: action === null ? "Unknown event" : "Inactive graph" };
  return { ...known, abortReason: dispatch === null ? "Inactive graph" : "Old event" };
}

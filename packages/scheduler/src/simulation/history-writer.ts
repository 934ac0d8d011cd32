import { FEATURE_SET } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { childOrNew } from "./child-or-new.ts";
import type { NodeHistory } from "./node-history.ts";
import { SIMULATION_ORIGIN } from "./working-cib.ts";

/** The result of an operation that was simulated or injected. */
export interface SimulatedResult {
  /** The name under which the resource's history is looked up first; its configured id comes second. */
  readonly shownResource: string;
  readonly resourceId: string;
  readonly class: string;
  readonly provider: string | null;
  readonly type: string;
  readonly task: string;
  readonly intervalMs: number;
  readonly exitStatus: number;
  readonly expectedStatus: number;
  readonly exitReason: string;
  /** The action's key; decides the entry's id for migrations and notifications. */
  readonly operationKey: string;
  readonly onNode: string;
  readonly migrateSource: string | null;
  readonly migrateTarget: string | null;
  /** Digest of the parameters that were used; null leaves it out. */
  readonly digest: string | null;
  readonly timeS: number;
}

const NO_TRANSITION = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/** Writes the entry that the result leaves in the node's history. Source: scheduler specification, part 4, 7.4. */
export function writeResult(node: NodeHistory, result: SimulatedResult): void {
  const names = [result.shownResource, result.resourceId];
  const history = node.ofResource(names, { ...result, id: result.resourceId });
  const entry = childOrNew(history, "lrm_rsc_op", entryId(result));
  const callId = nextCallId(history);
  const task = result.task === "reload" || result.task === "reload-agent" ? "start" : result.task;
  const key =
    task === result.task ? result.operationKey : `${result.resourceId}_${task}_${result.intervalMs}`;
  const transitionKey = `${callId}:-1:${result.expectedStatus}:${NO_TRANSITION}`;
  const attributes: [string, string | null][] = [
    ["operation_key", key],
    ["operation", task],
    ["crm-debug-origin", SIMULATION_ORIGIN],
    ["crm_feature_set", FEATURE_SET],
    ["transition-key", transitionKey],
    ["transition-magic", `0:${result.exitStatus};${transitionKey}`],
    ["exit-reason", result.exitReason],
    ["on_node", result.onNode],
    ["call-id", String(callId)],
    ["rc-code", String(result.exitStatus)],
    ["op-status", "0"],
    ["interval", String(result.intervalMs)],
    ["last-rc-change", String(result.timeS)],
    ["exec-time", "0"],
    ["queue-time", "0"],
    ["migrate_source", result.migrateSource],
    ["migrate_target", result.migrateTarget],
    ["op-digest", result.digest],
  ];
  for (const [name, value] of attributes) if (value !== null) entry.set(name, value);
  const isUnexpected = result.exitStatus !== result.expectedStatus;
  if (isUnexpected && result.intervalMs === 0) {
    const id = `${result.resourceId}_last_0`;
    const last = childOrNew(history, "lrm_rsc_op", id);
    for (const [name, value] of entry.attributes) if (name !== "id") last.set(name, value);
  }
}

function entryId(result: SimulatedResult): string {
  if (result.task === "migrate_to" || result.task === "migrate_from" || result.task === "notify") {
    return result.operationKey;
  }
  if (result.exitStatus !== result.expectedStatus) return `${result.resourceId}_last_failure_0`;
  if (result.intervalMs === 0) return `${result.resourceId}_last_0`;
  return `${result.resourceId}_${result.task}_${result.intervalMs}`;
}

function nextCallId(history: XmlElement): number {
  let highest = 0;
  for (const entry of history.all("lrm_rsc_op")) {
    const callId = Number.parseInt(entry.get("call-id") ?? "0", 10);
    if (callId > highest) highest = callId;
  }
  return highest + 1;
}

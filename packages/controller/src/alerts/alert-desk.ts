import type { RuleContext } from "@quorate/cib";
import {
  type AlertRun,
  type Alerts,
  ExecutionStatus,
  type FenceOutcome,
  OcfCode,
  type OperationResult,
} from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import { type NodeContext, nowSeconds } from "../context.ts";
import { type AlertKind, type AlertRecipient, readAlerts } from "./alert-configuration.ts";
import { formatTimestamp } from "./timestamp.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly alerts: Alerts;
  document(): XmlElement;
}

/** Tells the configured alert agents what happens, from this node's point of view. Source: controller specification, 16. */
export class AlertDesk {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** The machine of a node came into the ring or went. */
  nodeChanged(node: { readonly name: string; readonly id: string; readonly state: "member" | "lost" }): void {
    this.#send("node", null, [
      ["node", node.name],
      ["nodeid", node.id],
      ["desc", node.state],
    ]);
  }

  fenced({ isSuccess, reason, record }: FenceOutcome): void {
    const by = record.delegate === "" ? "<no-one>" : record.delegate;
    this.#send("fencing", null, [
      ["node", record.target],
      ["task", record.action],
      [
        "desc",
        `Operation ${record.action} of ${record.target} by ${by} for ${record.client}@${record.origin}: ` +
          `${isSuccess ? "OK" : reason} (ref=${record.id})`,
      ],
      ["rc", isSuccess ? "0" : "1"],
    ]);
  }

  /** A resource action of this node ended. */
  resourceResult(node: string, result: OperationResult, targetRc: number): void {
    const { operation, status, rc } = result;
    const { action, intervalMs, resourceId } = operation;
    if (status === ExecutionStatus.cancelled) return;
    const isProbe = action === "monitor" && intervalMs === 0;
    if (isProbe && status === ExecutionStatus.done && rc === targetRc) return;
    const isLate = status === ExecutionStatus.timedOut && result.execTimeMs === 0;
    this.#send("resource", null, [
      ["node", node],
      ["rsc", resourceId],
      ["task", action],
      ["interval", String(intervalMs)],
      ["desc", status === ExecutionStatus.done ? (RC_TEXTS.get(rc) ?? "unknown") : statusText(status)],
      ["rc", String(rc)],
      ["target_rc", String(targetRc)],
      ["status", String(status)],
      ["exec_time", String(isLate ? operation.timeoutMs : result.execTimeMs)],
    ]);
  }

  /** A value was put into the CIB by this node. */
  attributeWritten(value: {
    readonly node: string;
    readonly nodeId: string;
    readonly name: string;
    readonly value: string | null;
  }): void {
    this.#send("attribute", value.name, [
      ["node", value.node],
      ["nodeid", value.nodeId],
      ["attribute_name", value.name],
      ["attribute_value", value.value ?? ""],
    ]);
  }

  #send(
    kind: AlertKind,
    attributeName: string | null,
    facts: readonly (readonly [name: string, value: string])[],
  ): void {
    const configured = this.#deps.document().first("configuration")?.first("alerts") ?? null;
    if (configured === null || configured.first("alert") === null) return;
    const recipients = readAlerts(this.#deps.document(), this.#ruleContext()).filter(
      (recipient) =>
        recipient.kinds.has(kind) &&
        (attributeName === null || (recipient.attributeNames?.has(attributeName) ?? true)),
    );
    if (recipients.length > 0)
      this.#deps.alerts.send(recipients.map((recipient) => this.#run(recipient, kind, facts)));
  }

  #run(
    recipient: AlertRecipient,
    kind: AlertKind,
    facts: readonly (readonly [name: string, value: string])[],
  ): AlertRun {
    const { clock, config } = this.#deps.context;
    const wallMs = clock.wallMs();
    const environment = new Map(recipient.parameters);
    const set = (name: string, value: string) => void environment.set(`CRM_alert_${name}`, value);
    set("kind", kind);
    set("version", config.version);
    if (recipient.recipient !== null) set("recipient", recipient.recipient);
    set("timestamp", formatTimestamp(recipient.timestampFormat, wallMs));
    set("timestamp_epoch", String(Math.floor(wallMs / 1000)));
    set("timestamp_usec", String(Math.floor((wallMs % 1000) * 1000)).padStart(6, "0"));
    for (const [name, value] of facts) set(name, value);
    const { alertId, path, timeoutMs } = recipient;
    return { alertId, path, environment, timeoutMs };
  }

  #ruleContext(): RuleContext {
    return {
      now: { epochS: nowSeconds(this.#deps.context), offsetS: 0 },
      element: (name, id) =>
        [...this.#deps.document().descendants(name)].find((element) => element.id === id) ?? null,
      nodeAttribute: null,
      resource: null,
      operation: null,
      location: null,
      noteChange: () => {},
    };
  }
}

/** Words for exit statuses of agents, as in the logs. */
const RC_TEXTS: ReadonlyMap<number, string> = new Map<number, string>([
  [OcfCode.ok, "ok"],
  [OcfCode.genericError, "error"],
  [OcfCode.invalidArguments, "invalid parameter"],
  [OcfCode.unimplemented, "unimplemented"],
  [OcfCode.insufficientPrivileges, "insufficient privileges"],
  [OcfCode.notInstalled, "not installed"],
  [OcfCode.notConfigured, "not configured"],
  [OcfCode.notRunning, "not running"],
  [OcfCode.promoted, "promoted"],
  [OcfCode.failedPromoted, "promoted (failed)"],
  [OcfCode.degraded, "degraded"],
  [OcfCode.degradedPromoted, "promoted (degraded)"],
]);

const STATUS_TEXTS: ReadonlyMap<number, string> = new Map<number, string>([
  [ExecutionStatus.timedOut, "Timed out"],
  [ExecutionStatus.unsupported, "Unsupported"],
  [ExecutionStatus.error, "Error"],
  [ExecutionStatus.hardError, "Hard error"],
  [ExecutionStatus.fatalError, "Fatal error"],
  [ExecutionStatus.notInstalled, "Not installed"],
  [ExecutionStatus.disconnected, "Internal communication failure"],
  [ExecutionStatus.invalid, "Cannot execute now"],
  [ExecutionStatus.noFenceDevice, "No fence device"],
  [ExecutionStatus.noSecrets, "CIB secrets unavailable"],
]);

function statusText(status: number): string {
  return STATUS_TEXTS.get(status) ?? "Unknown status";
}

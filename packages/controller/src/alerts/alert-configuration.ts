import { parseBoolean, parseDurationMs, type RuleContext, readBlocks } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";

export type AlertKind = "node" | "fencing" | "resource" | "attribute";

/** One recipient of one alert; an alert without any counts as one without value. */
export interface AlertRecipient {
  readonly alertId: string;
  readonly path: string;
  /** Null: the alert has no recipients. */
  readonly recipient: string | null;
  readonly kinds: ReadonlySet<AlertKind>;
  /** Names of the attributes that are told; null: all. */
  readonly attributeNames: ReadonlySet<string> | null;
  readonly timeoutMs: number;
  readonly timestampFormat: string;
  /** The alert's own parameters, those of the recipient before those of the alert. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TIMEOUT_MS = 30_000;
const TIMESTAMP_FORMAT = "%H:%M:%S.%06N";
const SELECTIONS: ReadonlyMap<string, AlertKind> = new Map([
  ["select_nodes", "node"],
  ["select_fencing", "fencing"],
  ["select_resources", "resource"],
  ["select_attributes", "attribute"],
]);
const KINDS_DEFAULT: ReadonlySet<AlertKind> = new Set(["node", "fencing", "resource"]);

/** Reads the `alerts` section. Source: controller specification, 16. */
export function readAlerts(cib: XmlElement, context: RuleContext): readonly AlertRecipient[] {
  const alerts = cib.first("configuration")?.first("alerts")?.all("alert") ?? [];
  return alerts.flatMap((alert) => {
    const path = alert.get("path");
    if (path === null || path === "") return [];
    const select = alert.first("select");
    const kinds =
      select === null
        ? KINDS_DEFAULT
        : new Set(select.elements().flatMap((element) => SELECTIONS.get(element.name) ?? []));
    const names = select
      ?.first("select_attributes")
      ?.all("attribute")
      .map((attribute) => attribute.get("name") ?? "");
    const common = {
      alertId: alert.id ?? "",
      path,
      kinds,
      attributeNames: names === undefined || names.length === 0 ? null : new Set(names),
    };
    const recipients = alert.all("recipient");
    const own: readonly (XmlElement | null)[] = recipients.length > 0 ? recipients : [null];
    return own.flatMap((recipient) => {
      const meta = tableOf("meta_attributes", recipient, alert, context);
      if (parseBoolean(meta.get("enabled") ?? "true") === false) return [];
      const timeoutMs = parseDurationMs(meta.get("timeout") ?? "");
      return [
        {
          ...common,
          recipient: recipient?.get("value") ?? null,
          timeoutMs: timeoutMs !== null && timeoutMs > 0 ? timeoutMs : TIMEOUT_MS,
          timestampFormat: meta.get("timestamp-format") ?? TIMESTAMP_FORMAT,
          parameters: tableOf("instance_attributes", recipient, alert, context),
        },
      ];
    });
  });
}

function tableOf(
  name: "meta_attributes" | "instance_attributes",
  recipient: XmlElement | null,
  alert: XmlElement,
  context: RuleContext,
): Map<string, string> {
  const table = new Map<string, string>();
  if (recipient !== null) readBlocks(table, recipient, name, context);
  readBlocks(table, alert, name, context);
  return table;
}

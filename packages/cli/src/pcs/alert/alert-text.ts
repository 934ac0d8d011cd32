import type { XmlElement } from "@quorate/xml";
import { type NvsetName, nvpairs } from "../../configuration/nvsets.ts";
import { sectionElements } from "../../configuration/sections.ts";
import { assignmentText } from "../framework/text.ts";

/** Alerts as `pcs alert` shows them. */
export function alertText(cib: XmlElement): string {
  const alerts = sectionElements(cib, "alerts").filter(({ name }) => name === "alert");
  const lines = ["Alerts:", ...(alerts.length === 0 ? [" No alerts defined"] : alerts.flatMap(alertLines))];
  return `${lines.join("\n")}\n`;
}

function alertLines(alert: XmlElement): string[] {
  const recipients = alert.all("recipient");
  return [
    ` Alert: ${alert.id} (path=${alert.get("path") ?? ""})`,
    ...detailLines(alert, "  "),
    ...(recipients.length === 0 ? [] : ["  Recipients:"]),
    ...recipients.flatMap((recipient) => [
      `   Recipient: ${recipient.id} (value=${recipient.get("value") ?? ""})`,
      ...detailLines(recipient, "    "),
    ]),
  ];
}

function detailLines(element: XmlElement, indent: string): string[] {
  const description = element.get("description") ?? "";
  return [
    ...(description === "" ? [] : [`${indent}Description: ${description}`]),
    ...setLine(element, "instance_attributes", `${indent}Options`),
    ...setLine(element, "meta_attributes", `${indent}Meta options`),
  ];
}

function setLine(element: XmlElement, set: NvsetName, title: string): string[] {
  const pairs = element.all(set).flatMap(nvpairs);
  if (pairs.length === 0) return [];
  const sorted = [...pairs].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return [`${title}: ${sorted.map(([name, value]) => assignmentText(name, value)).join(" ")}`];
}

import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import type { FailedAction } from "../model/history-entry.ts";
import { isoDate } from "./classic-date.ts";
import { shownFailures } from "./failed-actions.ts";
import { shownAttributes } from "./node-attributes.ts";
import { executionText, exitText } from "./outcome-text.ts";
import type { StatusFilter } from "./status-filter.ts";

/** Attributes of every online node that has some; null when none has. */
export function nodeAttributesElement(cluster: Cluster, filter: StatusFilter): XmlElement | null {
  const section = new XmlElement("node_attributes");
  for (const { node, attributes } of shownAttributes(cluster, filter)) {
    const element = new XmlElement("node", [["name", node.name]]);
    for (const { name, value, expected } of attributes) {
      const attribute = new XmlElement("attribute", [
        ["name", name],
        ["value", value],
      ]);
      if (expected !== null) attribute.set("expected", String(expected));
      element.append(attribute);
    }
    section.append(element);
  }
  return section.children.length === 0 ? null : section;
}

/** Failed actions; null when there are none. */
export function failuresElement(cluster: Cluster, filter: StatusFilter): XmlElement | null {
  const section = new XmlElement("failures");
  for (const failed of shownFailures(cluster, filter)) section.append(failureElement(failed));
  return section.children.length === 0 ? null : section;
}

function failureElement({ entry, node }: FailedAction): XmlElement {
  const { xml } = entry;
  const element = new XmlElement("failure", [
    [xml.get("operation_key") === null ? "id" : "op_key", entry.key],
    ["node", node.name],
    ["exitstatus", exitText(entry.exitStatus ?? 0)],
    ["exitreason", xml.get("exit-reason") ?? ""],
    ["exitcode", String(entry.exitStatus ?? 0)],
    ["call", xml.get("call-id") ?? "-1"],
    ["status", executionText(entry.executionStatus ?? 0)],
  ]);
  if (entry.lastChangeS > 0) {
    element.set("last-rc-change", isoDate(entry.lastChangeS));
    element.set("queued", xml.get("queue-time") ?? "0");
    element.set("exec", xml.get("exec-time") ?? "0");
    element.set("interval", String(entry.intervalMs));
    element.set("task", entry.operation);
  }
  return element;
}

import { scoreText } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../model/cluster.ts";
import type { FailedAction } from "../model/history-entry.ts";
import { isoDate } from "./classic-date.ts";
import { failCountsOf } from "./migration-summary.ts";
import { shownAttributes } from "./node-attributes.ts";
import { executionText, exitText } from "./outcome-text.ts";
import { isMaskedProbe } from "./resource-facts.ts";

/** Attributes of every online node that has some; null when none has. */
export function nodeAttributesElement(cluster: Cluster): XmlElement | null {
  const section = new XmlElement("node_attributes");
  for (const { node, attributes } of shownAttributes(cluster)) {
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

/** Fail counts of every online node. */
export function nodeHistoryElement(cluster: Cluster): XmlElement {
  const section = new XmlElement("node_history");
  for (const { node, counts } of failCountsOf(cluster)) {
    const element = new XmlElement("node", [["name", node.name]]);
    for (const { name, resource, count, lastFailureS } of counts) {
      const history = new XmlElement("resource_history", [
        ["id", name],
        ["orphan", "false"],
        ["removed", "false"],
        ["migration-threshold", String(resource.migrationThreshold)],
        ["fail-count", scoreText(count)],
      ]);
      if (lastFailureS > 0) history.set("last-failure", isoDate(lastFailureS));
      element.append(history);
    }
    section.append(element);
  }
  return section;
}

/** Failed actions; null when there are none. */
export function failuresElement(cluster: Cluster): XmlElement | null {
  const section = new XmlElement("failures");
  for (const failed of cluster.failedActions) {
    if (!isMaskedProbe(failed)) section.append(failureElement(failed));
  }
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

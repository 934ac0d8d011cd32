import { parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { HistoryEntry, ResourceHistory } from "../history-entry.ts";
import { attributeOf } from "../xml-attribute.ts";
import { sortEntries, startAndStopIndex } from "./order.ts";
import { parseTransitionKey } from "./transition-key.ts";

/** Parses one `lrm_rsc_op`; null when id or operation are missing. Source: part 1, 12.1. */
export function parseHistoryEntry(xml: XmlElement): HistoryEntry | null {
  const id = attributeOf(xml, "id");
  const operation = attributeOf(xml, "operation");
  if (id === null || operation === null) return null;
  const key = attributeOf(xml, "transition-key");
  return {
    xml,
    id,
    key: attributeOf(xml, "operation_key") ?? id,
    operation,
    intervalMs: integerOf(xml, "interval") ?? 0,
    callId: integerOf(xml, "call-id") ?? -1,
    executionStatus: integerOf(xml, "op-status"),
    exitStatus: integerOf(xml, "rc-code"),
    expectedStatus: (key === null ? null : parseTransitionKey(key))?.targetStatus ?? -1,
    lastChangeS: integerOf(xml, "last-rc-change") ?? -1,
    onNode: attributeOf(xml, "on_node"),
    transitionMagic: attributeOf(xml, "transition-magic"),
    opDigest: attributeOf(xml, "op-digest"),
    restartDigest: attributeOf(xml, "op-restart-digest"),
    secureDigest: attributeOf(xml, "op-secure-digest"),
  };
}

function integerOf(xml: XmlElement, name: string): number | null {
  const text = attributeOf(xml, name);
  return text === null ? null : parseInteger(text);
}

/** Parses one `lrm_resource`; null without id. Entries without id or operation are left out. */
export function parseResourceHistory(xml: XmlElement): ResourceHistory | null {
  const id = attributeOf(xml, "id");
  if (id === null) return null;
  const entries: HistoryEntry[] = [];
  for (const child of xml.all("lrm_rsc_op")) {
    const entry = parseHistoryEntry(child);
    if (entry !== null) entries.push(entry);
  }
  const sorted = sortEntries(entries);
  const hasElements = xml.elements().length > 0;
  return { xml, id, agent: agentOf(xml), hasElements, entries, sorted, ...startAndStopIndex(sorted) };
}

/** Type, class and provider of a resource or its history, to be compared only: what is missing is the same as what is empty. */
export function agentOf(xml: XmlElement): string {
  return JSON.stringify(["type", "class", "provider"].map((name) => xml.get(name) ?? ""));
}

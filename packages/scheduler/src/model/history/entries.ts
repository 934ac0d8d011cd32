import { parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { HistoryEntry, ResourceHistory } from "../history-entry.ts";
import { attributeOf } from "../xml-attribute.ts";

/** ACTIONID:TRANSITIONID:TARGETRC:UUID. Source: part 1, 2.9. */
interface TransitionKey {
  readonly transitionId: number;
  readonly targetStatus: number;
  readonly uuid: string;
}

function parseTransitionKey(text: string): TransitionKey | null {
  const match = /^\s*(-?\d+):\s*(-?\d+):\s*(-?\d+):(\S{1,36})/.exec(text);
  if (match === null) return null;
  return { transitionId: Number(match[2]), targetStatus: Number(match[3]), uuid: match[4] ?? "" };
}

/** OPSTATUS:RC;KEY. Null when it cannot be decoded. Source: part 1, 2.9. */
export function parseTransitionMagic(text: string | null): TransitionKey | null {
  const match = text === null ? null : /^\s*-?\d+:\s*-?\d+;(.*)$/s.exec(text);
  return match === null ? null : parseTransitionKey(match[1] ?? "");
}

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
  return { xml, id, entries };
}

import type { FencingRecord } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";

const ACTION_TEXT = { off: "turning off", on: "unfencing", reboot: "reboot" } as const;

/**
 * One line of the history: `reboot of node2 failed (REASON): delegate=node1, client=..., origin=..., completed='...'`.
 * In a list of the last ones of each kind the time is called `last-successful` or `last-failed`. Source: fencer specification, 14.
 */
export function formatFencingRecord(record: FencingRecord, { isLast }: { readonly isLast: boolean }): string {
  const what = `${ACTION_TEXT[record.action]} of ${record.target}`;
  if (record.state === "pending") return `${what} pending: client=${record.client}, origin=${record.origin}`;
  const verdict = record.state === "success" ? "successful" : "failed";
  const reason = record.exitReason === "" ? "" : ` (${record.exitReason})`;
  const parts = [
    ...(record.delegate === "" ? [] : [`delegate=${record.delegate}`]),
    `client=${record.client}`,
    `origin=${record.origin}`,
    `${isLast ? `last-${verdict}` : "completed"}='${timeText(record.completedMs)}'`,
  ];
  return `${what} ${verdict}${reason}: ${parts.join(", ")}`;
}

/** The same in the form of a status: `reboot of node2 by node1 for CLIENT@ORIGIN last failed at TIME (REASON)`. */
export function describeFencingRecord(
  record: FencingRecord,
  { isLast }: { readonly isLast: boolean },
): string {
  const { state, delegate, exitReason } = record;
  const by = delegate === "" || state === "pending" ? "" : ` by ${delegate}`;
  const verdict = state === "success" ? "successful" : state;
  const when = state === "pending" ? "" : ` at ${timeText(record.completedMs)}`;
  return (
    `${ACTION_TEXT[record.action]} of ${record.target}${by} for ${record.client}@${record.origin} ` +
    `${isLast ? "last " : ""}${verdict}${when}${exitReason === "" ? "" : ` (${exitReason})`}`
  );
}

/** The section of XML results. */
export function fenceHistoryElement(records: readonly FencingRecord[]): XmlElement {
  const history = new XmlElement("fence_history", [["status", "0"]]);
  for (const record of records) history.append(fenceEventElement(record));
  return history;
}

/** One operation. Source: fencer specification, 14; stonith_admin(8). */
export function fenceEventElement(record: FencingRecord): XmlElement {
  const event = new XmlElement("fence_event", [
    ["action", record.action],
    ["target", record.target],
    ["client", record.client],
    ["origin", record.origin],
    ["status", record.state],
  ]);
  if (record.exitReason !== "") event.set("exit-reason", record.exitReason);
  if (record.state === "pending") {
    event.set("extended-status", "pending");
    return event;
  }
  if (record.delegate !== "") event.set("delegate", record.delegate);
  event.set("completed", timeText(record.completedMs));
  return event;
}

export function timeText(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}

/** Of each target and action the latest in each state. */
export function lastRecords(records: readonly FencingRecord[]): FencingRecord[] {
  const latest = new Map<string, FencingRecord>();
  for (const record of records) {
    const key = `${record.target}\0${record.action}\0${record.state}`;
    const known = latest.get(key);
    if (known === undefined || known.completedMs <= record.completedMs) latest.set(key, record);
  }
  return [...latest.values()];
}

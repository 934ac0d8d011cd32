import type { FencingRecord } from "@quorate/ports";
import type { ExtraSection, MonitorSection } from "@quorate/scheduler";
import {
  describeFencingRecord,
  fenceHistoryElement,
  formatFencingRecord,
  lastRecords,
} from "./fencing-history.ts";

/**
 * The sections of a status about fencing, newest first: failures, what is pending, and successes; one for all in structured
 * results. Source: fencer specification, 14.
 */
export function fencingSections(
  records: readonly FencingRecord[],
  sections: ReadonlySet<MonitorSection>,
  {
    isFull,
    isDetailed,
    isStructured,
  }: { readonly isFull: boolean; readonly isDetailed: boolean; readonly isStructured: boolean },
): readonly ExtraSection[] {
  const kept = [...records].reverse().filter(({ state }) => sections.has(SECTION_OF_STATE[state]));
  const shown = isFull || isStructured ? kept : lastRecords(kept);
  const isLast = !sections.has("fencing-succeeded");
  const line = isDetailed ? formatFencingRecord : describeFencingRecord;
  const section = (title: string, listed: readonly FencingRecord[]): ExtraSection => ({
    title,
    items: listed.map((record) => line(record, { isLast })),
    element: listed.length === 0 ? null : fenceHistoryElement(listed),
  });
  if (isStructured) return [section("Fencing History", shown)];
  const inState = (wanted: FencingRecord["state"]) => shown.filter(({ state }) => state === wanted);
  return [
    section("Failed Fencing Actions", inState("failed")),
    section("Pending Fencing Actions", inState("pending")),
    section("Fencing History", inState("success")),
  ];
}

const SECTION_OF_STATE: Readonly<Record<FencingRecord["state"], MonitorSection>> = {
  failed: "fencing-failed",
  pending: "fencing-pending",
  success: "fencing-succeeded",
};

import type { FencingRecord } from "@quorate/ports";
import type { ExtraSection, MonitorSection } from "@quorate/scheduler";
import { fenceHistoryElement, formatFencingRecord, lastRecords } from "./fencing-history.ts";

/**
 * The sections of a status about fencing: with successes one list of everything, without them the failures and what is
 * pending.
 */
export function fencingSections(
  records: readonly FencingRecord[],
  sections: ReadonlySet<MonitorSection>,
  { isFull, isStructured }: { readonly isFull: boolean; readonly isStructured: boolean },
): readonly ExtraSection[] {
  const kept = records.filter(({ state }) => sections.has(SECTION_OF_STATE[state]));
  const shown = isFull || isStructured ? kept : lastRecords(kept);
  const section = (title: string, listed: readonly FencingRecord[]): ExtraSection => ({
    title,
    items: listed.map(formatFencingRecord),
    element: listed.length === 0 ? null : fenceHistoryElement(listed),
  });
  if (isStructured || sections.has("fencing-succeeded")) return [section("Fencing History", shown)];
  return [
    section(
      "Failed Fencing Actions",
      shown.filter(({ state }) => state === "failed"),
    ),
    section(
      "Pending Fencing Actions",
      shown.filter(({ state }) => state === "pending"),
    ),
  ];
}

const SECTION_OF_STATE: Readonly<Record<FencingRecord["state"], MonitorSection>> = {
  failed: "fencing-failed",
  pending: "fencing-pending",
  success: "fencing-succeeded",
};

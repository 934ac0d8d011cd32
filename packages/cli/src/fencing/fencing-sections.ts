import type { FencingRecord } from "@quorate/ports";
import { formatFencingRecord, lastRecords } from "./fencing-history.ts";

/** The sections of a status about fencing. Level 0: none; 1: failures and what is pending; 2: also the last successes; 3: all. */
export function fencingSections(
  records: readonly FencingRecord[],
  level: number,
): readonly { readonly title: string; readonly items: readonly string[] }[] {
  if (level === 0) return [];
  const shown = level === 3 ? records : lastRecords(records);
  if (level >= 2) return [{ title: "Fencing History", items: shown.map(formatFencingRecord) }];
  return [
    {
      title: "Failed Fencing Actions",
      items: shown.filter(({ state }) => state === "failed").map(formatFencingRecord),
    },
    {
      title: "Pending Fencing Actions",
      items: shown.filter(({ state }) => state === "pending").map(formatFencingRecord),
    },
  ];
}

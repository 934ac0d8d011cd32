import { UsageError } from "../command.ts";
import { parseDate } from "../input/parse-date.ts";

/**
 * A time as `crm_report` takes it: `2026-1-2`, `2026-1-2 3:04:05`, `3:04` or `3:04:05` (of today), or ISO 8601, as logs have it (parts of a
 * second do not count); local time unless it says otherwise. As epoch seconds. @throws UsageError
 */
export function reportTime(option: string, text: string, nowMs: number): number {
  const written = text.trim().replace(/(:\d\d)[.,]\d+/, "$1");
  if (written === "now") return Math.floor(nowMs / 1000);
  const now = new Date(nowMs);
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].join("-");
  const match = /^(?:(\d{4})-(\d{1,2})-(\d{1,2}))?[\sT]*(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$/.exec(
    written,
  );
  if (match !== null && written !== "") {
    const [, year, month, day] = match[1] === undefined ? ["", ...today.split("-")] : match;
    const two = (part: string | undefined) => (part ?? "0").padStart(2, "0");
    const iso = `${year}-${two(month)}-${two(day)}T${two(match[4])}:${two(match[5])}:${two(match[6])}`;
    const seconds = parseDate(iso, nowMs);
    if (seconds !== null) return seconds;
  }
  const other = parseDate(written, nowMs);
  if (other !== null) return other;
  throw new UsageError(
    `${option} "${text}" is no time; write it as "2026-11-28 13:05:00", or "13:05" for today`,
  );
}

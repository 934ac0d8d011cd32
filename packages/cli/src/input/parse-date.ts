import { parseDateTime } from "@quorate/cib";

/** An ISO 8601 date as epoch seconds, or null when it is not one. Without an offset it is local time. */
export function parseDate(text: string, nowMs: number): number | null {
  const localOffsetS = -new Date(nowMs).getTimezoneOffset() * 60;
  return parseDateTime(text, { nowS: Math.floor(nowMs / 1000), localOffsetS })?.epochS ?? null;
}

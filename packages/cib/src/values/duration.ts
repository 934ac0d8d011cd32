import { scanInteger } from "./integer.ts";
import { isoIntervalSeconds, parseIsoDuration } from "./iso-duration.ts";

const INTERVAL_MS_MAX = 4294967295;

/**
 * Reads a time such as `30s`, `5min` or `100ms` as milliseconds; a bare number is seconds. A decimal fraction is
 * ignored, the unit is recognised by its beginning. Null when invalid; may be negative.
 * Source: scheduler specification, part 1, 2.4.
 */
export function parseDurationMs(text: string): number | null {
  const scanned = scanInteger(text);
  if (scanned === null) return null;
  const unit = text
    .slice(scanned.end)
    .replace(/^[0-9.]*[ \t\n\v\f\r]*/, "")
    .toLowerCase();
  const value = Number(scanned.value);
  if (unit === "" || unit.startsWith("s")) return value * 1000;
  if (unit.startsWith("ms")) return value;
  if (unit.startsWith("us")) return Math.trunc(value / 1000);
  if (unit.startsWith("m")) return value * 60_000;
  return unit.startsWith("h") ? value * 3_600_000 : null;
}

export interface ParsedInterval {
  /** 0 to 4294967295. */
  readonly milliseconds: number;
  /** False when the text is no interval; an absent one is valid. */
  readonly isValid: boolean;
}

/** Reads an interval: a time as above, or an ISO 8601 duration. Absent or invalid is 0. Source: part 1, 2.4. */
export function parseInterval(text: string | null): ParsedInterval {
  if (text === null || text === "") return { milliseconds: 0, isValid: true };
  if (text.startsWith("P")) {
    const duration = parseIsoDuration(text);
    if (duration === null) return { milliseconds: 0, isValid: false };
    return { milliseconds: Math.max(0, 1000 * isoIntervalSeconds(duration)), isValid: true };
  }
  const milliseconds = parseDurationMs(text);
  if (milliseconds === null || milliseconds < 0) return { milliseconds: 0, isValid: false };
  return { milliseconds: Math.min(milliseconds, INTERVAL_MS_MAX), isValid: true };
}

/** Milliseconds as whole seconds: anything above 0 is at least 1, else rounded to the nearest. Source: part 1, 2.4. */
export function secondsOfMs(milliseconds: number): number {
  if (milliseconds === 0) return 0;
  return milliseconds < 1000 ? 1 : Math.floor((milliseconds + 500) / 1000);
}

/** An interval for people: `0s`, `1d2h3m4s`, `1.500s`, `500ms`. Source: part 1, 2.4. */
export function intervalText(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  const days = Math.floor(milliseconds / 86_400_000);
  const hours = Math.floor((milliseconds % 86_400_000) / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = Math.floor((milliseconds % 60_000) / 1000);
  const rest = milliseconds % 1000;
  let text = "";
  if (days > 0) text += `${days}d`;
  if (hours > 0) text += `${hours}h`;
  if (minutes > 0) text += `${minutes}m`;
  if (seconds > 0) {
    text += rest > 0 ? `${seconds}.${String(rest).padStart(3, "0")}s` : `${seconds}s`;
  } else if (rest > 0) {
    text += `${rest}ms`;
  }
  return text;
}

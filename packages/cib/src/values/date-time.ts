import { daysInMonth, daysInYear, daysSinceEpoch, firstIsoMonday, isoWeeksInYear } from "./calendar.ts";

/** An instant, and the offset from UTC in which it was written. */
export interface DateTime {
  readonly epochS: number;
  readonly offsetS: number;
}

export interface DateTimeOptions {
  /** What a time without a date refers to; without it such a text is invalid. */
  readonly nowS?: number;
  /** Offset from UTC of a time that names none; UTC when it is left out. */
  readonly localOffsetS?: number;
}

/**
 * Reads a date-time: `epoch`, a date, a date with time, or a time of today. Null when it is none. Numbers between separators may have
 * one digit, and fractions of seconds are dropped, as Pacemaker 2.1.5 takes them. Source: scheduler specification, part 1, 2.5.
 */
export function parseDateTime(text: string, options: DateTimeOptions = {}): DateTime | null {
  if (/^epoch(?:$|[/ \t\n\v\f\r])/i.test(text)) return { epochS: 0, offsetS: 0 };
  const localOffsetS = options.localOffsetS ?? 0;
  if (text.startsWith("T") || text[2] === ":") {
    if (options.nowS === undefined) return null;
    const time = parseTime(text.startsWith("T") ? text.slice(1) : text, localOffsetS);
    if (time === null) return null;
    const today = Math.floor((options.nowS + localOffsetS) / 86400);
    return { epochS: today * 86400 + time.secondOfDay - time.offsetS, offsetS: time.offsetS };
  }
  const datePart = /^[0-9W-]*/.exec(text)?.[0] ?? "";
  const days = parseDate(datePart);
  if (days === null) return null;
  const rest = text.slice(datePart.length);
  if (rest.trim() === "") return { epochS: days * 86400, offsetS: 0 };
  if (rest[0] !== " " && rest[0] !== "T") return null;
  const time = parseTime(rest.slice(1), localOffsetS);
  if (time === null) return null;
  return { epochS: days * 86400 + time.secondOfDay - time.offsetS, offsetS: time.offsetS };
}

/** Days since the epoch. */
function parseDate(text: string): number | null {
  const calendar =
    /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/.exec(text) ?? /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(text);
  if (calendar !== null) {
    const year = Number(calendar[1]);
    const month = Number(calendar[2]);
    const day = Number(calendar[3]);
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
    return daysSinceEpoch({ year, month, day });
  }
  const ordinal = /^([0-9]{4})-([0-9]{3})$/.exec(text);
  if (ordinal !== null) {
    const year = Number(ordinal[1]);
    const day = Number(ordinal[2]);
    if (day < 1 || day > daysInYear(year)) return null;
    return daysSinceEpoch({ year, month: 1, day: 1 }) + day - 1;
  }
  const week = /^([0-9]{4})-W([0-9]{1,2})-([0-9])$/.exec(text);
  if (week === null) return null;
  const year = Number(week[1]);
  const number = Number(week[2]);
  const weekday = Number(week[3]);
  if (number < 1 || number > isoWeeksInYear(year) || weekday < 1 || weekday > 7) return null;
  return firstIsoMonday(year) + (number - 1) * 7 + weekday - 1;
}

interface Time {
  /** May be 86400, for `24:00:00`. */
  readonly secondOfDay: number;
  readonly offsetS: number;
}

const PLAIN_TIME = /^([0-9]{2})([0-9]{2})([0-9]{2})?/;
const TIME = /^([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2})(?:[.,][0-9]+)?)?)?/;

function parseTime(text: string, localOffsetS: number): Time | null {
  const match = PLAIN_TIME.exec(text) ?? TIME.exec(text);
  if (match === null) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const second = Number(match[3] ?? 0);
  const isMidnight = hour === 24 && minute === 0 && second === 0;
  if (!isMidnight && (hour > 23 || minute > 59 || second > 59)) return null;
  const offsetS = parseOffset(text.slice(match[0].length), localOffsetS);
  return offsetS === null ? null : { secondOfDay: hour * 3600 + minute * 60 + second, offsetS };
}

function parseOffset(text: string, localOffsetS: number): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return localOffsetS;
  if (trimmed === "Z") return 0;
  const match = /^([+-]?)([0-9]{2})(?::?([0-9]{2}))?$/.exec(trimmed);
  if (match === null || (match[1] === "" && trimmed === text)) return null;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 24 || minutes > 59) return null;
  const seconds = hours * 3600 + minutes * 60;
  return match[1] === "-" ? -seconds : seconds;
}

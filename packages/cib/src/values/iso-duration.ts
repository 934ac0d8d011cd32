import type { CalendarAmount } from "./calendar.ts";
import { daysInYear } from "./calendar.ts";

/**
 * Reads an ISO 8601 duration such as `P1DT12H`: whole amounts with an optional sign, in any order, at least one of
 * them not zero. Null when it is none. Source: scheduler specification, part 1, 2.6.
 */
export function parseIsoDuration(text: string): CalendarAmount | null {
  if (!text.startsWith("P")) return null;
  const pattern = /(T)|([+-]?[0-9]{1,10})([YMWDHS])/y;
  pattern.lastIndex = 1;
  let years = 0;
  let months = 0;
  let days = 0;
  let seconds = 0;
  let isTime = false;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    if (match[1] !== undefined) {
      isTime = true;
      continue;
    }
    const amount = Number(match[2]);
    switch (match[3]) {
      case "Y":
        years += amount;
        break;
      case "M":
        if (isTime) seconds += amount * 60;
        else months += amount;
        break;
      case "W":
        days += amount * 7;
        break;
      case "D":
        days += amount;
        break;
      case "H":
        seconds += amount * 3600;
        break;
      default:
        seconds += amount;
    }
  }
  if (years === 0 && months === 0 && days === 0 && seconds === 0) return null;
  return { years, months, days, seconds };
}

/** What an interval can be at most, in seconds: it has to fit 32 bit as milliseconds. */
const INTERVAL_SECONDS_MAX = 4294967;

/**
 * Seconds of a duration that is used as an interval: a month is 30 days, and one day and one year less than written
 * count (`P1D` is 0, `P2D` one day). Configurations rely on it. Source: part 1, 2.6.
 */
export function isoIntervalSeconds(duration: CalendarAmount): number {
  let days = duration.months * 30;
  if (duration.days > 0) days += duration.days - 1;
  for (let year = 1; year < duration.years && days * 86400 < INTERVAL_SECONDS_MAX; year++)
    days += daysInYear(year);
  return Math.min(days * 86400 + duration.seconds, INTERVAL_SECONDS_MAX);
}

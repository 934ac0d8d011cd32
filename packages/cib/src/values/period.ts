import { addToInstant, type CalendarAmount } from "./calendar.ts";
import { type DateTime, type DateTimeOptions, parseDateTime } from "./date-time.ts";
import { parseIsoDuration } from "./iso-duration.ts";

export interface Period {
  readonly start: DateTime;
  readonly end: DateTime;
}

/** Reads an ISO 8601 interval: two dates, or a date and a duration, with a slash between. Null when it is none. */
export function parsePeriod(text: string, options: DateTimeOptions = {}): Period | null {
  const parts = text.split("/");
  if (parts.length !== 2) return null;
  const [first, second] = parts.map((part) =>
    part.startsWith("P") ? parseIsoDuration(part) : parseDateTime(part, options),
  );
  if (first === undefined || first === null || second === undefined || second === null) return null;
  if (isInstant(first)) return { start: first, end: isInstant(second) ? second : shifted(first, second, 1) };
  return isInstant(second) ? { start: shifted(second, first, -1), end: second } : null;
}

/** The instant that much later. */
export function addDuration(instant: DateTime, duration: CalendarAmount): DateTime {
  return shifted(instant, duration, 1);
}

function isInstant(value: DateTime | CalendarAmount): value is DateTime {
  return "epochS" in value;
}

function shifted({ epochS, offsetS }: DateTime, amount: CalendarAmount, sign: 1 | -1): DateTime {
  const { years, months, days, seconds } = amount;
  const signed = { years: sign * years, months: sign * months, days: sign * days, seconds: sign * seconds };
  return { epochS: addToInstant(epochS, offsetS, signed), offsetS };
}

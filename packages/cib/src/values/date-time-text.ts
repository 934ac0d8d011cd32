import { type CalendarAmount, dateOfDays, dayOfYear, isoWeekOfDays, weekdayOfDays } from "./calendar.ts";
import type { DateTime } from "./date-time.ts";

/** How a day is written: `2005-02-09`, `2005-040` or `2005-W06-3`. */
export type DayForm = "calendar" | "ordinal" | "week";

/** `2005-02-09 10:00:00Z`, or with the offset, ` +01:00`, as seen at that offset. */
export function dateTimeText({ epochS, offsetS }: DateTime, form: DayForm = "calendar"): string {
  const localS = epochS + offsetS;
  const days = Math.floor(localS / 86400);
  const second = localS - days * 86400;
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) =>
    digits(part, 2),
  );
  return `${dayText(days, form)} ${time.join(":")}${offsetText(offsetS)}`;
}

function dayText(days: number, form: DayForm): string {
  const date = dateOfDays(days);
  switch (form) {
    case "calendar":
      return `${digits(date.year, 4)}-${digits(date.month, 2)}-${digits(date.day, 2)}`;
    case "ordinal":
      return `${digits(date.year, 4)}-${digits(dayOfYear(date), 3)}`;
    case "week": {
      const { year, week } = isoWeekOfDays(days);
      return `${digits(year, 4)}-W${digits(week, 2)}-${weekdayOfDays(days)}`;
    }
  }
}

function offsetText(offsetS: number): string {
  if (offsetS === 0) return "Z";
  const minutes = Math.floor(Math.abs(offsetS) / 60);
  return ` ${offsetS < 0 ? "-" : "+"}${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

/** `1 day 5400 seconds (1 hour 30 minutes)`; amounts that are 0 are left out. */
export function durationText({ years, months, days, seconds }: CalendarAmount): string {
  const parts: string[] = [];
  if (years !== 0) parts.push(`${amountText(years, "year")} `);
  if (months !== 0) parts.push(`${amountText(months, "month")} `);
  if (days !== 0) parts.push(`${amountText(days, "day")} `);
  if (seconds !== 0) parts.push(`${amountText(seconds, "second")}${clockText(seconds)}`);
  return parts.join("");
}

function clockText(seconds: number): string {
  const total = Math.abs(seconds);
  if (total < 60) return "";
  const parts: string[] = [];
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (hours > 0) parts.push(amountText(hours, "hour"));
  if (minutes > 0) parts.push(amountText(minutes, "minute"));
  if (rest > 0) parts.push(amountText(rest, "second"));
  return ` (${parts.join(" ")})`;
}

function amountText(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

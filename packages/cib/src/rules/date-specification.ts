import type { XmlElement } from "@quorate/xml";
import { dateOfDays, dayOfYear, isoWeekOfDays, weekdayOfDays } from "../values/calendar.ts";
import type { DateTime } from "../values/date-time.ts";
import { textOf } from "./context.ts";

/** Whether every range of a `date_spec` element contains now, seen at its own offset. Source: part 1, 4.6. */
export function dateSpecificationPasses(specification: XmlElement, now: DateTime): boolean {
  if (textOf(specification, "id") === null) return false;
  const localS = now.epochS + now.offsetS;
  const days = Math.floor(localS / 86400);
  const secondOfDay = localS - days * 86400;
  const date = dateOfDays(days);
  const isoWeek = isoWeekOfDays(days);
  const fields: readonly (readonly [name: string, value: number])[] = [
    ["seconds", secondOfDay % 60],
    ["minutes", Math.floor(secondOfDay / 60) % 60],
    ["hours", Math.floor(secondOfDay / 3600)],
    ["monthdays", date.day],
    ["weekdays", weekdayOfDays(days)],
    ["yeardays", dayOfYear(date)],
    ["months", date.month],
    ["weeks", isoWeek.week],
    ["years", date.year],
    ["weekyears", isoWeek.year],
  ];
  return fields.every(([name, value]) => {
    const range = textOf(specification, name);
    return range === null || rangeContains(range, value);
  });
}

/** `N`, `N-M`, `N-` or `-M`. */
function rangeContains(range: string, value: number): boolean {
  const match = /^([0-9]+)?(-)?([0-9]+)?$/.exec(range);
  if (match === null) return false;
  const [, low, dash, high] = match;
  if (low === undefined && high === undefined) return false;
  if (dash === undefined) return value === Number(low);
  return (low === undefined || value >= Number(low)) && (high === undefined || value <= Number(high));
}

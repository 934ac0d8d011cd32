/** A day of the proleptic Gregorian calendar, month and day counted from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInYear(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01. Counts in years that begin in March, so that the leap day is the last of its year. */
export function daysSinceEpoch(date: CalendarDate): number {
  const year = date.month <= 2 ? date.year - 1 : date.year;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * ((date.month + 9) % 12) + 2) / 5) + date.day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The inverse of `daysSinceEpoch`. */
export function dateOfDays(days: number): CalendarDate {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** 1 for the first of January. */
export function dayOfYear(date: CalendarDate): number {
  return daysSinceEpoch(date) - daysSinceEpoch({ year: date.year, month: 1, day: 1 }) + 1;
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOfDays(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** The Monday of the first ISO week of a year, in days since the epoch: the week that has 4 January. */
export function firstIsoMonday(year: number): number {
  const fourth = daysSinceEpoch({ year, month: 1, day: 4 });
  return fourth - (weekdayOfDays(fourth) - 1);
}

export function isoWeeksInYear(year: number): number {
  return (firstIsoMonday(year + 1) - firstIsoMonday(year)) / 7;
}

/** ISO week year and week (from 1) of a day. */
export function isoWeekOfDays(days: number): { readonly year: number; readonly week: number } {
  let year = dateOfDays(days).year + 1;
  while (firstIsoMonday(year) > days) year--;
  return { year, week: Math.floor((days - firstIsoMonday(year)) / 7) + 1 };
}

/** Amounts to add to an instant; every one may be negative. */
export interface CalendarAmount {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly seconds: number;
}

/**
 * Adds years, then months, then days, then seconds to an instant (epoch seconds) as seen at an offset. A year keeps the
 * ordinal day (so 1 March may become 29 February; the 366th becomes the last), a month keeps the day, clipped to the month's length.
 * Source: scheduler specification, part 1, 2.7.
 */
export function addToInstant(epochS: number, offsetS: number, amount: CalendarAmount): number {
  const localS = epochS + offsetS;
  let days = Math.floor(localS / 86400);
  const secondOfDay = localS - days * 86400;
  if (amount.years !== 0) {
    const date = dateOfDays(days);
    const year = date.year + amount.years;
    days = daysSinceEpoch({ year, month: 1, day: 1 }) + Math.min(dayOfYear(date), daysInYear(year)) - 1;
  }
  if (amount.months !== 0) {
    const date = dateOfDays(days);
    const months = date.year * 12 + date.month - 1 + amount.months;
    const year = Math.floor(months / 12);
    const month = months - year * 12 + 1;
    days = daysSinceEpoch({ year, month, day: Math.min(date.day, daysInMonth(year, month)) });
  }
  return (days + amount.days) * 86400 + secondOfDay + amount.seconds - offsetS;
}

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { addToInstant, dateOfDays, daysSinceEpoch, isoWeekOfDays } from "../../src/values/calendar.ts";
import { parseDateTime } from "../../src/values/date-time.ts";
import { intervalText, parseDurationMs, parseInterval, secondsOfMs } from "../../src/values/duration.ts";
import { compareVersions } from "../../src/values/version.ts";

// Scheduler specification, part 1, 2.4 to 2.8.
describe("durations", () => {
  test.each([
    ["30", 30_000],
    ["30s", 30_000],
    ["1.9 sec", 1_000],
    ["5min", 300_000],
    ["2H", 7_200_000],
    ["100ms", 100],
    ["1500us", 1],
    ["-3s", -3_000],
    ["3 days", null],
    ["soon", null],
  ])("%j is %s ms", (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  test.each([
    [null, 0, true],
    ["10s", 10_000, true],
    ["-1s", 0, false],
    ["never", 0, false],
    ["99999999h", 4_294_967_295, true],
    ["PT30S", 30_000, true],
    ["PT1M1S", 61_000, true],
    ["P1D", 0, true],
    ["P2D", 86_400_000, true],
    ["P1W", 518_400_000, true],
    ["P1Y", 0, true],
    ["P1M", 2_592_000_000, true],
    ["P2Y", 4_294_967_000, true],
    ["P0D", 0, false],
    ["P1.5D", 0, false],
  ])("interval %j is %s ms", (text, milliseconds, isValid) => {
    expect(parseInterval(text)).toEqual({ milliseconds, isValid });
  });

  it("rounds milliseconds to seconds, but nothing to none", () => {
    expect([0, 1, 999, 1499, 1500].map(secondsOfMs)).toEqual([0, 1, 1, 1, 2]);
  });

  test.each([
    [0, "0s"],
    [500, "500ms"],
    [1500, "1.500s"],
    [93_784_000, "1d2h3m4s"],
    [60_000, "1m"],
  ])("%s ms reads %j", (milliseconds, expected) => {
    expect(intervalText(milliseconds)).toBe(expected);
  });
});

describe("date-times", () => {
  const nowS = Date.UTC(2024, 1, 29, 12, 0, 0) / 1000;

  test.each([
    ["epoch", 0],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["20240229T101112Z", Date.UTC(2024, 1, 29, 10, 11, 12)],
    ["2024-060 10:11", Date.UTC(2024, 1, 29, 10, 11)],
    ["2024-W09-4T10", Date.UTC(2024, 1, 29, 10)],
    ["2024-02-29 10:00:00 +02:00", Date.UTC(2024, 1, 29, 8)],
    ["2024-02-29T10:00:00-0130", Date.UTC(2024, 1, 29, 11, 30)],
    ["2024-12-31 24:00:00", Date.UTC(2025, 0, 1)],
    ["T13:00", Date.UTC(2024, 1, 29, 13)],
    ["13:00:05", Date.UTC(2024, 1, 29, 13, 0, 5)],
    ["2024-2-9", Date.UTC(2024, 1, 9)],
    ["2024-02-29 1:2:3Z", Date.UTC(2024, 1, 29, 1, 2, 3)],
    ["2024-W9-4 10:11:12.5Z", Date.UTC(2024, 1, 29, 10, 11, 12)],
  ])("%j", (text, expectedMs) => {
    expect(parseDateTime(text, { nowS })?.epochS).toBe(expectedMs / 1000);
  });

  test.each([
    "2023-02-29",
    "2024-13-01",
    "2024-366T25",
    "2023-366",
    "2024-W60-1",
    "yesterday",
    "",
    "2024-02-29 10:61",
    "2024-02-29 123",
    "2024-12",
  ])("%j is none", (text) => {
    expect(parseDateTime(text, { nowS })).toBeNull();
  });
});

describe("calendar", () => {
  it("agrees with the platform on every day", () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const expected = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(dateOfDays(days)).toEqual(expected);
        expect(daysSinceEpoch(expected)).toBe(days);
      }),
    );
  });

  test.each([
    ["2021-01-03", 2020, 53],
    ["2021-01-04", 2021, 1],
    ["2024-12-30", 2025, 1],
  ])("%s is in week %s-%s", (text, year, week) => {
    expect(isoWeekOfDays(Date.parse(text) / 86_400_000)).toEqual({ year, week });
  });

  const none = { years: 0, months: 0, days: 0, seconds: 0 };
  test.each([
    ["a month keeps the day, clipped", "2023-01-31", { ...none, months: 1 }, "2023-02-28"],
    ["a year keeps the day of the year", "2023-03-01", { ...none, years: 1 }, "2024-02-29"],
    ["of a leap year's last day it keeps the last", "2024-12-31", { ...none, years: 1 }, "2025-12-31"],
    ["days cross the year", "2023-12-31", { ...none, days: 1 }, "2024-01-01"],
    ["months may be negative", "2024-03-31", { ...none, months: -1 }, "2024-02-29"],
  ])("%s", (_, start, amount, expected) => {
    expect(addToInstant(Date.parse(start) / 1000, 0, amount)).toBe(Date.parse(expected) / 1000);
  });
});

test.each([
  ["1.1", "1.10", -1],
  ["3.20.5", "3.20.5", 0],
  ["3.20", "3.20.0", 0],
  ["2", "1.9.9", 1],
  ["", "0", 0],
  [" 1.2-rc1", "1.2", 0],
])("version %j against %j", (a, b, expected) => {
  expect(Math.sign(compareVersions(a, b))).toBe(expected);
});

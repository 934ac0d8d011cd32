import { expect, it } from "vitest";
import { formatDuration } from "../../src/classes/durations.ts";

it.each([
  [0, "0ms"],
  [500, "500ms"],
  [1500, "1.5s"],
  [20_000, "20s"],
  [90_000, "1m30s"],
  [3_600_000, "1h"],
  [3_661_000, "1h1m1s"],
])("%d ms is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

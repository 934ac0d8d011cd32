import { parseInterval } from "@quorate/cib";

/** Interval of an operation in ms; absent, invalid and negative ones count as 0. Source: part 3, 3.1 and 3.2. */
export function parseIntervalMs(text: string | null): number {
  return parseInterval(text).milliseconds;
}

import { UsageError } from "../command.ts";

const UNITS_S: Readonly<Record<string, number>> = {
  ms: 0.001,
  msec: 0.001,
  "": 1,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  hr: 3600,
};

/** A duration of a command line in seconds: `5`, `5s`, `500ms`, `2min`. */
export function parseSeconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d+)\s*([a-z]*)$/.exec(text) ?? [];
  const factor = unit !== undefined && Object.hasOwn(UNITS_S, unit) ? UNITS_S[unit] : undefined;
  if (digits === undefined || factor === undefined) {
    throw new UsageError(`${option} "${text}": not a duration; write for example 5, 5s, 500ms or 2min`);
  }
  return Number(digits) * factor;
}

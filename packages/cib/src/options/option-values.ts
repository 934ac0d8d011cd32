import { nearestName } from "../validate/nearest-name.ts";
import { parseBoolean } from "../values/boolean.ts";
import { parseDurationMs, parseInterval } from "../values/duration.ts";
import { scanInteger } from "../values/integer.ts";
import type { OptionType } from "./option.ts";

/** Whether the cluster would take the value; like the cluster, numbers may be followed by anything. */
export function isValidValue(type: OptionType, value: string): boolean {
  switch (type.kind) {
    case "boolean":
      return parseBoolean(value) !== null;
    case "duration":
      return value !== "" && parseInterval(value).isValid;
    case "timeout":
      return value.startsWith("P") ? parseInterval(value).isValid : parseDurationMs(value) !== null;
    case "score":
      return isInfinity(value) || scanInteger(value) !== null;
    case "integer": {
      const scanned = scanInteger(value);
      if (scanned === null) return isInfinity(value);
      return type.minimum === null || scanned.value >= BigInt(type.minimum);
    }
    case "percentage":
      return /^\s*\d+%?$/.test(value);
    case "port":
      return /^\d{1,5}$/.test(value) && Number(value) <= 65535;
    case "choice":
      return [...type.words, ...type.oldWords].some((word) =>
        type.isExact ? word === value : word.toLowerCase() === value.toLowerCase(),
      );
    case "text":
      return true;
  }
}

function isInfinity(value: string): boolean {
  return value === "INFINITY" || value === "+INFINITY" || value === "-INFINITY";
}

/** What to write, as the end of "write ...". */
export function describeType(type: OptionType): string {
  switch (type.kind) {
    case "boolean":
      return "true or false";
    case "duration":
      return "a duration, for example 30s, 5min or PT5M";
    case "timeout":
      return "a time, for example 30s, 5min or PT5M";
    case "score":
      return "a whole number, INFINITY or -INFINITY";
    case "integer":
      return type.minimum === null ? "a whole number" : `a whole number of at least ${type.minimum}`;
    case "percentage":
      return "a percentage, for example 80%";
    case "port":
      return "a port number up to 65535";
    case "choice":
      return `one of ${type.words.join(", ")}`;
    case "text":
      return "any text";
  }
}

/** The word that a mistyped one most likely stands for. */
export function nearestValue(type: OptionType, value: string): string | null {
  if (type.kind === "choice") return nearestName(value, type.words);
  return type.kind === "boolean" ? nearestName(value, ["true", "false"]) : null;
}

import type { XmlElement } from "@quorate/xml";
import { addToInstant } from "../values/calendar.ts";
import { type DateTime, parseDateTime } from "../values/date-time.ts";
import { parseInteger } from "../values/integer.ts";
import { type RuleContext, textOf } from "./context.ts";
import { dateSpecificationPasses } from "./date-specification.ts";

/** Evaluates a `date_expression` element. Source: scheduler specification, part 1, 4.6 and 4.9. */
export function dateExpressionPasses(expression: XmlElement, context: RuleContext): boolean {
  switch ((textOf(expression, "operation") ?? "in_range").toLowerCase()) {
    case "in_range":
      return isInRange(expression, context);
    case "date_spec": {
      const specification = expression.first("date_spec");
      return specification !== null && dateSpecificationPasses(specification, context.now);
    }
    case "gt":
      return isAfterStart(expression, context);
    case "lt":
      return isBeforeEnd(expression, context);
    default:
      return false;
  }
}

function isAfterStart(expression: XmlElement, context: RuleContext): boolean {
  const start = instantOf(expression, "start", context.now.epochS);
  if (start === null || start === "invalid") return false;
  if (context.now.epochS > start.epochS) return true;
  context.noteChange(start.epochS + 1);
  return false;
}

function isBeforeEnd(expression: XmlElement, context: RuleContext): boolean {
  const end = instantOf(expression, "end", context.now.epochS);
  if (end === null || end === "invalid" || context.now.epochS >= end.epochS) return false;
  context.noteChange(end.epochS);
  return true;
}

function isInRange(expression: XmlElement, context: RuleContext): boolean {
  const start = instantOf(expression, "start", context.now.epochS);
  const end = instantOf(expression, "end", context.now.epochS);
  if (start === "invalid" || end === "invalid") return false;
  let endS = end?.epochS ?? null;
  if (endS === null) {
    const duration = expression.first("duration");
    if (duration !== null) {
      endS = start === null ? null : endOfDuration(start, duration);
      if (endS === null) return false;
    } else if (start === null) {
      return false;
    }
  }
  const nowS = context.now.epochS;
  if (start !== null && nowS < start.epochS) {
    context.noteChange(start.epochS);
    return false;
  }
  if (endS === null) return true;
  if (nowS > endS) return false;
  context.noteChange(endS + 1);
  return true;
}

/** Null when the expression does not say it. */
export function instantOf(
  expression: XmlElement,
  name: "start" | "end",
  nowS: number,
): DateTime | "invalid" | null {
  const text = textOf(expression, name);
  if (text === null) return null;
  const parsed = parseDateTime(text, { nowS, localOffsetS: 0 });
  return parsed ?? "invalid";
}

/** Null when the duration is invalid. */
export function endOfDuration(start: DateTime, duration: XmlElement): number | null {
  if (textOf(duration, "id") === null) return null;
  const amounts: number[] = [];
  for (const name of ["years", "months", "weeks", "days", "hours", "minutes", "seconds"]) {
    const text = textOf(duration, name);
    const amount = text === null ? 0 : parseInteger(text);
    if (amount === null || Math.abs(amount) > 2147483647) return null;
    amounts.push(amount);
  }
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = amounts;
  return addToInstant(start.epochS, start.offsetS, {
    years,
    months,
    days: weeks * 7 + days,
    seconds: hours * 3600 + minutes * 60 + seconds,
  });
}

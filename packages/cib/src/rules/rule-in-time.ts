import type { XmlElement } from "@quorate/xml";
import { dateOfDays } from "../values/calendar.ts";
import type { DateTime } from "../values/date-time.ts";
import { textOf } from "./context.ts";
import { endOfDuration, instantOf } from "./date-expression.ts";
import { dateSpecificationPasses } from "./date-specification.ts";

/**
 * Where now lies in the time in which a rule holds, judged by its only date expression. `passes` and `fails`: of a specification that
 * comes and goes. `undetermined`: the expression cannot be used.
 */
export type RuleTime =
  | "before"
  | "within"
  | "after"
  | "passes"
  | "fails"
  | "undetermined"
  | "noDateExpression"
  | "severalDateExpressions"
  | "specificationWithoutYears";

/** Source: crm_rule(8); conformance data, suite rules. */
export function ruleInTime(rule: XmlElement, now: DateTime): RuleTime {
  const expressions = [...rule.descendants("date_expression")];
  const [expression] = expressions;
  if (expression === undefined) return "noDateExpression";
  if (expressions.length > 1) return "severalDateExpressions";
  switch ((textOf(expression, "operation") ?? "in_range").toLowerCase()) {
    case "date_spec":
      return specificationInTime(expression.first("date_spec"), now);
    case "in_range":
      return rangeInTime(expression, now);
    case "gt": {
      const start = instantOf(expression, "start", now.epochS);
      if (start === null || start === "invalid") return "undetermined";
      return now.epochS > start.epochS ? "within" : "before";
    }
    case "lt": {
      const end = instantOf(expression, "end", now.epochS);
      if (end === null || end === "invalid") return "undetermined";
      return now.epochS < end.epochS ? "within" : "after";
    }
    default:
      return "undetermined";
  }
}

function rangeInTime(expression: XmlElement, now: DateTime): RuleTime {
  const start = instantOf(expression, "start", now.epochS);
  const end = instantOf(expression, "end", now.epochS);
  if (start === "invalid" || end === "invalid") return "undetermined";
  const duration = expression.first("duration");
  const endS = end?.epochS ?? (start !== null && duration !== null ? endOfDuration(start, duration) : null);
  if (start === null && endS === null) return "undetermined";
  if (start !== null && now.epochS < start.epochS) return "before";
  return endS !== null && now.epochS > endS ? "after" : "within";
}

/** Only years tell whether it will hold again. */
function specificationInTime(specification: XmlElement | null, now: DateTime): RuleTime {
  const years = specification === null ? null : textOf(specification, "years");
  if (specification === null || years === null || textOf(specification, "moon") !== null) {
    return "specificationWithoutYears";
  }
  if (dateSpecificationPasses(specification, now)) return "passes";
  const range = /^([0-9]+)?(-)?([0-9]+)?$/.exec(years);
  if (range === null) return "undetermined";
  const year = dateOfDays(Math.floor((now.epochS + now.offsetS) / 86400)).year;
  const last = range[2] === undefined ? range[1] : range[3];
  if (last !== undefined && year > Number(last)) return "after";
  if (range[1] !== undefined && year < Number(range[1])) return "before";
  return "fails";
}

import type { XmlElement } from "@quorate/xml";
import { parseInterval } from "../values/duration.ts";
import { type RuleContext, textOf } from "./context.ts";

/** Evaluates an `op_expression` element. Source: scheduler specification, part 1, 4.8. */
export function operationExpressionPasses(expression: XmlElement, context: RuleContext): boolean {
  const operation = context.operation;
  const name = textOf(expression, "name");
  if (operation === null || name === null || name !== operation.name) return false;
  const interval = textOf(expression, "interval");
  if (interval === null) return true;
  const parsed = parseInterval(interval);
  return parsed.isValid && parsed.milliseconds === operation.intervalMs;
}

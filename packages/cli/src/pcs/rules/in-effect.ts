import { type DateTime, parseDateTime, type RuleContext, rulePasses } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";

/**
 * Whether a rule can never pass again: its dates lie in the past. A rule that does not depend on dates alone never expires.
 * @param nowMs milliseconds since 1970 UTC
 */
export function isRuleExpired(rule: XmlElement, nowMs: number): boolean {
  const verdicts = rule.elements().map((child) => {
    if (child.name === "rule") return isRuleExpired(child, nowMs);
    return child.name === "date_expression" && isDateOver(child, nowMs);
  });
  if (verdicts.length === 0) return false;
  return rule.get("boolean-op") === "or" ? verdicts.every(Boolean) : verdicts.some(Boolean);
}

/** A date expression with an end that has passed. */
function isDateOver(expression: XmlElement, nowMs: number): boolean {
  const operation = expression.get("operation");
  if (operation !== "lt" && operation !== "in_range") return false;
  return !passes(expression, nowMs) && passes(beginning(expression), nowMs);
}

/** The expression without its end: it passes when its beginning lies in the past. */
function beginning(expression: XmlElement): XmlElement {
  const start = expression.get("start");
  return new XmlElement("date_expression", [
    ["id", expression.id ?? ""],
    ["operation", "gt"],
    ["start", start === null || start === "" ? "1970-01-01" : start],
  ]);
}

function passes(expression: XmlElement, nowMs: number): boolean {
  const rule = new XmlElement("rule", [["id", "r"]]);
  rule.append(expression.clone());
  const context: RuleContext = {
    now: dateTimeOf(nowMs),
    element: () => null,
    nodeAttribute: null,
    resource: null,
    operation: null,
    location: null,
    noteChange: () => {},
  };
  return rulePasses(rule, context);
}

function dateTimeOf(nowMs: number): DateTime {
  const parsed = parseDateTime(new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z"));
  if (parsed === null) throw new Error(`no date: ${nowMs}`);
  return parsed;
}

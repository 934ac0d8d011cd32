import { XmlElement } from "@quorate/xml";
import type { Cursor } from "./cursor.ts";
import { scoreAttribute } from "./score.ts";

const SCORE = /^([^:\s]*):$/;
const COMPARISON = /^(?:(string|integer|number|version):)?(lt|gt|lte|gte|eq|ne)$/;
const COMPARISON_TEXT = "((string|integer|number|version):)?(lt|gt|lte|gte|eq|ne)";
/** Names in a time specification or a duration. */
const TIME_PAIR =
  /^(hours|monthdays|weekdays|yearsdays|yeardays|months|weeks|years|weekyears|moon|days|minutes|seconds)=(.+)$/;
const ROLE = /^\$?role=["']?(.+?)["']?$/;

/** Reads `rule …` (the word `rule` is the current one): options, score, then expressions joined by `and` or `or`. */
export function readRule(cursor: Cursor): XmlElement {
  cursor.take();
  const rule = new XmlElement("rule");
  const reference = cursor.takeMatch(/^\$id-ref=(.+)$/);
  if (reference !== null) {
    rule.set("id-ref", reference[1]!);
    return rule;
  }
  for (;;) {
    const id = cursor.takeMatch(/^\$id=(.+)$/);
    const role = id === null ? cursor.takeMatch(ROLE) : null;
    if (id !== null) rule.set("id", id[1]!);
    else if (role !== null) rule.set("role", role[1]!);
    else break;
  }
  const score = cursor.takeMatch(SCORE);
  const [name, value] = scoreAttribute(score?.[1] ?? "INFINITY");
  rule.set(name, value);
  readExpressions(cursor, rule);
  return rule;
}

function readExpressions(cursor: Cursor, rule: XmlElement): void {
  let operator: string | null = null;
  for (;;) {
    rule.append(readExpression(cursor));
    const next = cursor.current?.toLowerCase();
    if (next !== "and" && next !== "or") break;
    if (operator !== null && operator !== next) throw cursor.error("Mixed bool ops not allowed");
    operator = next;
    cursor.take();
  }
  if (operator === "or") rule.set("boolean-op", "or");
}

function readExpression(cursor: Cursor): XmlElement {
  const current = cursor.current;
  if (current === null) throw cursor.error("Unexpected end of the rule: expected an expression");
  if (current === "date") {
    cursor.take();
    return readDateExpression(cursor);
  }
  const unary = /^(defined|not_defined)$/.exec(current);
  if (unary !== null) {
    cursor.take();
    const attribute = identifier(cursor);
    return element("expression", { operation: unary[1]!, attribute });
  }
  const attribute = identifier(cursor);
  const comparison = cursor.takeMatch(COMPARISON);
  if (comparison === null) throw cursor.error(`Expected ${COMPARISON_TEXT}`);
  if (cursor.current === null) throw cursor.error("Expected value");
  const value = cursor.take();
  const expression = element("expression", { operation: comparison[2]!, attribute });
  if (comparison[1] !== undefined) expression.set("type", comparison[1]);
  expression.set("value", value);
  return expression;
}

function identifier(cursor: Cursor): string {
  if (cursor.current === null || cursor.current.includes("=")) throw cursor.error("Expected identifier");
  return cursor.take();
}

function readDateExpression(cursor: Cursor): XmlElement {
  const operation = cursor.takeMatch(/^(lt|gt|in|in_range|spec|date_spec)$/);
  switch (operation?.[1]) {
    case "lt":
      return element("date_expression", { operation: "lt", end: dateWord(cursor) });
    case "gt":
      return element("date_expression", { operation: "gt", start: dateWord(cursor) });
    case "in":
    case "in_range":
      return readRange(cursor);
    case "spec":
    case "date_spec": {
      const expression = element("date_expression", { operation: "date_spec" });
      const spec = new XmlElement("date_spec");
      readTimePairs(cursor, spec, 1);
      expression.append(spec);
      return expression;
    }
    default:
      throw cursor.error("Expected lt|gt|in|in_range|spec|date_spec");
  }
}

function dateWord(cursor: Cursor): string {
  const match = cursor.takeMatch(/^(?:start=|end=)?(.+)$/);
  if (match === null) throw cursor.error("Expected date");
  return match[1]!;
}

function readRange(cursor: Cursor): XmlElement {
  const expression = element("date_expression", { operation: "in_range" });
  const duration = new XmlElement("duration");
  let count = 0;
  for (;;) {
    const limit = cursor.takeMatch(/^(start|end)=(.+)$/);
    if (limit !== null) expression.set(limit[1]!, limit[2]!);
    else {
      const part = cursor.takeMatch(TIME_PAIR);
      if (part === null) break;
      duration.set(part[1]!, part[2]!);
    }
    count++;
  }
  if (count < 2) throw cursor.error("Expected at least 2 name-value pairs");
  if (duration.attributes.size > 0) expression.append(duration);
  return expression;
}

function readTimePairs(cursor: Cursor, into: XmlElement, atLeast: number): void {
  for (let part = cursor.takeMatch(TIME_PAIR); part !== null; part = cursor.takeMatch(TIME_PAIR)) {
    into.set(part[1]!, part[2]!);
  }
  if (into.attributes.size < atLeast) throw cursor.error(`Expected at least ${atLeast} name-value pairs`);
}

export function element(name: string, attributes: Readonly<Record<string, string>>): XmlElement {
  return new XmlElement(name, Object.entries(attributes));
}

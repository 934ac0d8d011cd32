import type { XmlElement } from "@quorate/xml";
import { pair, quoted, scoreWord } from "./values.ts";

/**
 * A rule as words, `rule [$id=ID] [$role=ROLE] SCORE: EXPRESSION`; null when it has no such form (rules within rules, expressions
 * about resources or operations). The score is left out when it is INFINITY, which is what a rule without one means.
 */
export function writeRule(rule: XmlElement, isIdShown: (element: XmlElement) => boolean): string | null {
  const words = ["rule"];
  const reference = rule.get("id-ref");
  if (reference !== null) return `rule $id-ref=${quoted(reference)}`;
  if (isIdShown(rule)) words.push(pair("$id", rule.id));
  const role = rule.get("role");
  if (role !== null) words.push(pair("$role", role));
  const score = rule.get("score") ?? rule.get("score-attribute");
  if (score !== null && score !== "INFINITY") words.push(`${scoreWord(score)}:`);
  const expressions = rule.elements().map(writeExpression);
  if (expressions.some((text) => text === null) || expressions.length === 0) return null;
  words.push(expressions.join(` ${rule.get("boolean-op") ?? "and"} `));
  return words.join(" ");
}

function writeExpression(expression: XmlElement): string | null {
  if (expression.name === "expression") return writeAttributeExpression(expression);
  return expression.name === "date_expression" ? writeDateExpression(expression) : null;
}

function writeAttributeExpression(expression: XmlElement): string {
  const attribute = quotedName(expression.get("attribute") ?? "");
  const operation = expression.get("operation") ?? "";
  if (operation === "defined" || operation === "not_defined") return `${operation} ${attribute}`;
  const type = expression.get("type");
  const value = quotedName(expression.get("value") ?? "");
  return `${attribute} ${type === null ? "" : `${type}:`}${operation} ${value}`;
}

/** As `quoted`, but names of attributes may hold `#` unquoted. */
function quotedName(value: string): string {
  return /^[\w.#:/-]+$/.test(value) ? value : quoted(value);
}

function writeDateExpression(expression: XmlElement): string | null {
  const operation = expression.get("operation") ?? "in_range";
  const start = expression.get("start");
  const end = expression.get("end");
  switch (operation) {
    case "gt":
      return start === null ? null : `date gt ${dateWord(start)}`;
    case "lt":
      return end === null ? null : `date lt ${dateWord(end)}`;
    case "in_range":
    case "in": {
      const words = ["date in"];
      if (start !== null) words.push(`start=${dateWord(start)}`);
      if (end !== null) words.push(`end=${dateWord(end)}`);
      const duration = expression.first("duration");
      if (duration !== null) words.push(...specWords(duration));
      return words.join(" ");
    }
    case "date_spec": {
      const spec = expression.first("date_spec");
      return spec === null ? null : ["date spec", ...specWords(spec)].join(" ");
    }
    default:
      return null;
  }
}

/** Dates and parts of them hold colons and plus signs unquoted. */
function dateWord(value: string): string {
  return /^[\w.:+*-]+$/.test(value) ? value : quoted(value);
}

function specWords(spec: XmlElement): string[] {
  return [...spec.attributes]
    .filter(([name]) => name !== "id")
    .map(([name, value]) => `${name}=${dateWord(value)}`);
}

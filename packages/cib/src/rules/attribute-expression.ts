import type { XmlElement } from "@quorate/xml";
import { scanInteger } from "../values/integer.ts";
import { compareVersions } from "../values/version.ts";
import { type RuleContext, textOf } from "./context.ts";

/** Evaluates an `expression` element. Source: scheduler specification, part 1, 4.5. */
export function attributeExpressionPasses(expression: XmlElement, context: RuleContext): boolean {
  const attribute = textOf(expression, "attribute");
  const operation = textOf(expression, "operation")?.toLowerCase();
  if (attribute === null || operation === undefined) return false;
  const value = textOf(expression, "value");
  const name = withSubmatches(attribute, context.location?.submatches ?? null);
  const actual = context.nodeAttribute === null ? null : context.nodeAttribute(name);
  if (operation === "defined" || operation === "not_defined") {
    return value === null && (actual !== null) === (operation === "defined");
  }
  if (value === null) return false;
  const source = (textOf(expression, "value-source") ?? "literal").toLowerCase();
  if (source !== "literal" && source !== "param" && source !== "meta") return false;
  const reference = referenceValue(value, source, context);
  const type = comparisonType(textOf(expression, "type"), operation, actual, reference);
  if (type === null) return false;
  const isOrdering = operation !== "eq" && operation !== "ne";
  if (isOrdering && (actual === null || reference === null)) return false;
  const order = compareValues(actual, reference, type);
  switch (operation) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "lt":
      return order < 0;
    case "lte":
      return order <= 0;
    case "gt":
      return order > 0;
    case "gte":
      return order >= 0;
    default:
      return false;
  }
}

function referenceValue(
  value: string,
  source: "literal" | "param" | "meta",
  context: RuleContext,
): string | null {
  if (source === "literal") return value;
  if (context.location === null) return null;
  return source === "param" ? context.location.parameter(value) : context.location.meta(value);
}

function withSubmatches(name: string, submatches: readonly (string | undefined)[] | null): string {
  if (submatches === null || !name.includes("%")) return name;
  return name.replace(/%([0-9])/g, (_, digit: string) => submatches[Number(digit)] ?? "");
}

type ComparisonType = "string" | "integer" | "number" | "version";

function comparisonType(
  configured: string | null,
  operation: string,
  actual: string | null,
  reference: string | null,
): ComparisonType | null {
  if (configured === null) {
    if (operation === "eq" || operation === "ne") return "string";
    return actual?.includes(".") || reference?.includes(".") ? "number" : "integer";
  }
  const type = configured.toLowerCase();
  return type === "string" || type === "integer" || type === "number" || type === "version" ? type : null;
}

/** Undefined is less than defined; two undefined ones are equal. */
function compareValues(a: string | null, b: string | null, type: ComparisonType): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  switch (type) {
    case "integer": {
      const first = scanInteger(a);
      const second = scanInteger(b);
      if (first === null || second === null) return compareText(a, b);
      return first.value < second.value ? -1 : first.value > second.value ? 1 : 0;
    }
    case "number": {
      const first = leadingNumber(a);
      const second = leadingNumber(b);
      return first === null || second === null ? compareText(a, b) : first - second;
    }
    case "version":
      return compareVersions(a, b);
    case "string":
      return compareText(a, b);
  }
}

function compareText(a: string, b: string): number {
  const first = a.toLowerCase();
  const second = b.toLowerCase();
  return first < second ? -1 : first > second ? 1 : 0;
}

function leadingNumber(text: string): number | null {
  const match = /^[ \t\n\v\f\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/.exec(text);
  return match?.[1] === undefined ? null : Number(match[1]);
}

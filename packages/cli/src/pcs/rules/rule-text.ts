import type { XmlElement } from "@quorate/xml";
import { indented } from "../framework/text.ts";

const EXPRESSIONS: ReadonlySet<string> = new Set([
  "expression",
  "date_expression",
  "op_expression",
  "rsc_expression",
]);

export interface RuleTextOptions {
  readonly showsIds: boolean;
  /** Rules that no longer apply are marked. */
  readonly isExpired?: (rule: XmlElement) => boolean;
}

/** A rule as `pcs` shows it, one line for each part. */
export function ruleLines(rule: XmlElement, options: RuleTextOptions): string[] {
  const isExpired = options.isExpired?.(rule) ?? false;
  const attributes = [...rule.attributes]
    .filter(([name]) => name !== "id")
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const title = isExpired ? "Rule (expired):" : "Rule:";
  return [
    [title, ...attributes, ...idSuffix(rule, options)].join(" "),
    ...indented(
      rule.elements().flatMap((child) => {
        if (child.name === "rule") return ruleLines(child, options);
        return EXPRESSIONS.has(child.name) ? expressionLines(child, options) : [];
      }),
    ),
  ];
}

function expressionLines(expression: XmlElement, options: RuleTextOptions): string[] {
  const text = expressionText(expression);
  const lines = [["Expression:", ...(text === "" ? [] : [text]), ...idSuffix(expression, options)].join(" ")];
  if (expression.name === "date_expression") {
    for (const part of expression.elements()) {
      const title = part.name === "duration" ? "Duration:" : "Date Spec:";
      lines.push(`  ${[title, partText(part), ...idSuffix(part, options)].join(" ")}`);
    }
  }
  return lines;
}

/** An expression as it is written on the command line; empty for one that only has a date specification. */
function expressionText(expression: XmlElement): string {
  const get = (name: string) => expression.get(name);
  switch (expression.name) {
    case "expression": {
      const operation = get("operation") ?? "";
      if (operation === "defined" || operation === "not_defined") return `${operation} ${get("attribute")}`;
      const type = get("type");
      return [get("attribute"), operation, ...(type === null ? [] : [type]), get("value") ?? ""].join(" ");
    }
    case "date_expression":
      return dateText(expression);
    case "op_expression": {
      const interval = get("interval");
      return ["op", get("name") ?? "", ...(interval === null ? [] : [`interval=${interval}`])].join(" ");
    }
    default:
      return `resource ${["class", "provider", "type"].map((name) => get(name) ?? "").join(":")}`;
  }
}

function dateText(expression: XmlElement): string {
  const start = expression.get("start");
  const end = expression.get("end");
  switch (expression.get("operation")) {
    case "gt":
      return `date gt ${start ?? ""}`;
    case "lt":
      return `date lt ${end ?? ""}`;
    case "in_range": {
      const until = expression.first("duration") === null ? (end ?? "") : "duration";
      return ["date in_range", ...(start === null ? [] : [start]), "to", until].join(" ");
    }
    default:
      return "";
  }
}

function partText(part: XmlElement): string {
  return [...part.attributes]
    .filter(([name]) => name !== "id")
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function idSuffix(element: XmlElement, options: RuleTextOptions): string[] {
  return options.showsIds ? [`(id:${element.id ?? ""})`] : [];
}

/** A rule on one line, as it is written on the command line. */
export function ruleOneLine(element: XmlElement): string {
  if (element.name !== "rule") {
    const parts = element.name === "date_expression" ? element.elements() : [];
    const details = parts.map((part) =>
      part.name === "duration" ? partText(part) : `date-spec ${partText(part)}`,
    );
    return [expressionText(element), ...details].filter((text) => text !== "").join(" ");
  }
  const operator = element.get("boolean-op") ?? "and";
  return element
    .elements()
    .map((child) => (child.name === "rule" ? `(${ruleOneLine(child)})` : ruleOneLine(child)))
    .join(` ${operator} `);
}

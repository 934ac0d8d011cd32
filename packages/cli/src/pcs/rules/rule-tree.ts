import { XmlElement } from "@quorate/xml";
import { uniqueId } from "../../configuration/ids.ts";

/** A parsed condition. `and` and `or` have at least two parts. */
export type Condition = ConditionList | Leaf;

interface ConditionList {
  readonly kind: "and" | "or";
  readonly parts: readonly Condition[];
}

type Leaf =
  | {
      readonly kind: "attribute";
      readonly attribute: string;
      readonly operation: string;
      readonly type: string | null;
      readonly value: string | null;
    }
  | {
      readonly kind: "date";
      readonly operation: "gt" | "lt" | "in_range";
      readonly start: string | null;
      readonly end: string | null;
      readonly duration: ReadonlyMap<string, string> | null;
    }
  | { readonly kind: "dateSpec"; readonly parts: ReadonlyMap<string, string> }
  | { readonly kind: "operation"; readonly name: string; readonly interval: string | null }
  | { readonly kind: "resource"; readonly class: string; readonly provider: string; readonly type: string };

/** Since when schemas know expressions about the resource or operation that a default is for. */
export const RESOURCE_EXPRESSIONS_SCHEMA = "3.4";

export function usesResourceExpressions(condition: Condition): boolean {
  if (condition.kind === "and" || condition.kind === "or")
    return condition.parts.some(usesResourceExpressions);
  return condition.kind === "operation" || condition.kind === "resource";
}

/** Joins two conditions; neighbours under the same operator become one list. */
export function joined(kind: "and" | "or", left: Condition, right: Condition): Condition {
  const parts = left.kind === kind ? [...left.parts, right] : [left, right];
  return { kind, parts };
}

/**
 * Fills a rule that is already in the CIB (so that ids can be made) with a condition. `alwaysNamesOperator`: also for a single expression.
 */
export function fillRule(
  cib: XmlElement,
  rule: XmlElement,
  condition: Condition,
  alwaysNamesOperator: boolean,
): void {
  const list = condition.kind === "and" || condition.kind === "or" ? condition : null;
  if (list !== null || alwaysNamesOperator) rule.set("boolean-op", list?.kind ?? "and");
  for (const part of list?.parts ?? [condition]) {
    if ("parts" in part && part.kind !== "dateSpec") {
      const inner = new XmlElement("rule", [
        ["id", uniqueId(cib, `${rule.id}-rule`)],
        ["score", "0"],
      ]);
      rule.append(inner);
      fillRule(cib, inner, part, alwaysNamesOperator);
    } else {
      appendExpression(cib, rule, part);
    }
  }
}

function appendExpression(cib: XmlElement, rule: XmlElement, leaf: Leaf): void {
  const id = uniqueId(cib, `${rule.id}-${idSuffix(leaf)}`);
  const add = (name: string, attributes: readonly (readonly [string, string | null])[]): XmlElement => {
    const present = attributes.filter(([, value]) => value !== null) as [string, string][];
    const element = new XmlElement(name, [["id", id], ...present]);
    rule.append(element);
    return element;
  };
  switch (leaf.kind) {
    case "attribute":
      add("expression", [
        ["operation", leaf.operation],
        ["attribute", leaf.attribute],
        ["type", leaf.type],
        ["value", leaf.value],
      ]);
      break;
    case "date": {
      const element = add("date_expression", [
        ["operation", leaf.operation],
        ["start", leaf.start],
        ["end", leaf.end],
      ]);
      if (leaf.duration !== null) {
        element.append(
          new XmlElement("duration", [["id", uniqueId(cib, `${id}-duration`)], ...leaf.duration]),
        );
      }
      break;
    }
    case "dateSpec":
      add("date_expression", [["operation", "date_spec"]]).append(
        new XmlElement("date_spec", [["id", uniqueId(cib, `${id}-datespec`)], ...leaf.parts]),
      );
      break;
    case "operation":
      add("op_expression", [
        ["name", leaf.name],
        ["interval", leaf.interval],
      ]);
      break;
    case "resource":
      add("rsc_expression", [
        ["class", leaf.class || null],
        ["provider", leaf.provider || null],
        ["type", leaf.type || null],
      ]);
      break;
  }
}

function idSuffix(leaf: Leaf): string {
  if (leaf.kind === "operation") return `op-${leaf.name}`;
  if (leaf.kind === "resource") {
    return ["rsc", leaf.class, leaf.provider, leaf.type].filter((part) => part !== "").join("-");
  }
  return "expr";
}

import type { XmlElement } from "@quorate/xml";
import { attributeExpressionPasses } from "./attribute-expression.ts";
import { type RuleContext, textOf } from "./context.ts";
import { dateExpressionPasses } from "./date-expression.ts";
import { operationExpressionPasses } from "./operation-expression.ts";
import { resourceExpressionPasses } from "./resource-expression.ts";

/** Rules refer to rules; a document that closes a circle must not hang the evaluation. */
const DEPTH_MAX = 64;

/** Evaluates a `rule` element. Source: scheduler specification, part 1, 4.4. */
export function rulePasses(rule: XmlElement, context: RuleContext): boolean {
  return nestedRulePasses(rule, context, 0);
}

function nestedRulePasses(element: XmlElement, context: RuleContext, depth: number): boolean {
  if (depth > DEPTH_MAX) return false;
  const rule = resolveRule(element, context);
  if (rule === null || textOf(rule, "id") === null) return false;
  const operator = (textOf(rule, "boolean-op") ?? "and").toLowerCase();
  if (operator !== "and" && operator !== "or") return false;
  const isOr = operator === "or";
  let hasConditions = false;
  for (const condition of rule.children) {
    if (condition.kind !== "element") continue;
    hasConditions = true;
    if (conditionPasses(condition, context, depth) === isOr) return isOr;
  }
  return !hasConditions || !isOr;
}

function resolveRule(rule: XmlElement, context: RuleContext): XmlElement | null {
  const reference = textOf(rule, "id-ref");
  return reference === null ? rule : context.element("rule", reference);
}

function conditionPasses(condition: XmlElement, context: RuleContext, depth: number): boolean {
  if (condition.name === "rule") return nestedRulePasses(condition, context, depth + 1);
  if (textOf(condition, "id") === null) return false;
  switch (condition.name) {
    case "expression":
      return attributeExpressionPasses(condition, context);
    case "date_expression":
      return dateExpressionPasses(condition, context);
    case "rsc_expression":
      return resourceExpressionPasses(condition, context);
    case "op_expression":
      return operationExpressionPasses(condition, context);
    default:
      return false;
  }
}

import type { XmlElement } from "@quorate/xml";
import { type RuleContext, textOf } from "./context.ts";

/** Evaluates an `rsc_expression` element: each attribute that is given must be the resource's. Source: part 1, 4.7. */
export function resourceExpressionPasses(expression: XmlElement, context: RuleContext): boolean {
  const resource = context.resource;
  return (
    isUnlessGiven(expression, "class", resource?.class) &&
    isUnlessGiven(expression, "provider", resource?.provider) &&
    isUnlessGiven(expression, "type", resource?.type)
  );
}

function isUnlessGiven(expression: XmlElement, name: string, actual: string | null | undefined): boolean {
  const wanted = textOf(expression, name);
  return wanted === null || wanted === actual;
}

import { parseBoolean, parseScore } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { isUpTask } from "../actions/tasks.ts";
import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";

export type OrderKind = "Mandatory" | "Optional" | "Serialize";

/** One direction of a constraint; `inverse` is the reverse of a symmetric one. */
export type OrderSymmetry = "asymmetric" | "symmetric" | "inverse";

/**
 * The kind of an `rsc_order` or one of its sets; a set without `kind` and `score` takes the constraint's.
 * Source: part 4, 10.1.2.
 */
export function orderKindOf(
  cluster: Cluster,
  element: XmlElement,
  inherited: OrderKind | null = null,
): OrderKind {
  const kind = element.get("kind");
  switch (kind) {
    case "Mandatory":
    case "Optional":
    case "Serialize":
      return kind;
    case null:
      break;
    default:
      cluster.diagnostics.push({
        severity: "error",
        code: "constraint-invalid",
        message: `order constraint "${element.id ?? ""}": kind "${kind}" does not exist, Mandatory is used. Write Mandatory, Optional or Serialize.`,
        elementId: element.id,
        line: element.line,
      });
      return "Mandatory";
  }
  const score = element.get("score");
  if (score !== null) return isZero(score) ? "Optional" : "Mandatory";
  return inherited ?? "Mandatory";
}

function isZero(score: string): boolean {
  const parsed = parseScore(score);
  return parsed.isValid && parsed.score === 0;
}

/** Source: part 2, 6.2; part 4, 10.1.3. */
export function orderSymmetryOf(
  cluster: Cluster,
  element: XmlElement,
  facts: { readonly kind: OrderKind; readonly parentSymmetrical: string | null },
): "asymmetric" | "symmetric" {
  const own = element.get("symmetrical");
  let isSymmetric = own === null ? null : parseBoolean(own);
  if (isSymmetric === null && facts.parentSymmetrical !== null) {
    isSymmetric = parseBoolean(facts.parentSymmetrical) === true;
  }
  if (isSymmetric === null) return facts.kind === "Serialize" ? "asymmetric" : "symmetric";
  if (isSymmetric && facts.kind === "Serialize") {
    cluster.diagnostics.push({
      severity: "warning",
      code: "ordering-ignored",
      message: `order constraint "${element.id ?? ""}": symmetrical is ignored because the kind is Serialize. Remove symmetrical.`,
      elementId: element.id,
      line: element.line,
    });
    return "asymmetric";
  }
  return isSymmetric ? "symmetric" : "asymmetric";
}

/** What an ordering of that kind means when `firstTask` comes first. Source: part 4, 10.1.4. */
export function relationKindsOf(kind: OrderKind, firstTask: string, symmetry: OrderSymmetry): number {
  switch (kind) {
    case "Optional":
      return RelationKind.Ordered;
    case "Serialize":
      return RelationKind.Serialize;
    case "Mandatory":
      break;
  }
  switch (symmetry) {
    case "asymmetric":
      return RelationKind.Ordered | RelationKind.Asymmetric;
    case "inverse":
      return RelationKind.Ordered | RelationKind.ThenImpliesFirst;
    case "symmetric":
      return (
        RelationKind.Ordered |
        RelationKind.FirstImpliesThen |
        (isUpTask(firstTask) ? RelationKind.UnrunnableFirstBlocks : RelationKind.None)
      );
  }
}

import { parseBoolean } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { requestClusterPseudoAction } from "../actions/request-action.ts";
import { invertTask } from "../actions/tasks.ts";
import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";
import type { Resource } from "../model/resource.ts";
import { findConstraintResource } from "../placement/constraint-resource.ts";
import { addOrdering, sideOf, sideOfAction } from "./add-ordering.ts";
import { orderKindOf, orderSymmetryOf, relationKindsOf } from "./order-kinds.ts";
import { readOrderSets } from "./order-sets.ts";

/**
 * Reads one `rsc_order`, in which templates and tags are expanded to sets already. Source: part 3, 8; part 4, 10.
 */
export function readOrderConstraint(cluster: Cluster, element: XmlElement): void {
  if (element.first("resource_set") !== null) readOrderSets(cluster, element);
  else readSimpleOrder(cluster, element);
}

function readSimpleOrder(cluster: Cluster, element: XmlElement): void {
  const first = resourceOf(cluster, element, "first");
  const then = resourceOf(cluster, element, "then");
  if (first === null || then === null) return;
  const constraint = element.id ?? "";
  const firstTask = element.get("first-action") ?? "start";
  const thenTask = element.get("then-action") ?? firstTask;
  const kind = orderKindOf(cluster, element);
  const symmetry = orderSymmetryOf(cluster, element, { kind, parentSymmetrical: null });
  const kinds = relationKindsOf(kind, firstTask, symmetry);

  const runnableMin = instancesRequired(first, element);
  if (runnableMin > 0) {
    const gate = requestClusterPseudoAction(cluster, `clone-one-or-more:${constraint}`);
    gate.requiredRunnableBefore = runnableMin;
    for (const instance of first.children) {
      addOrdering(cluster, {
        constraint,
        first: sideOf(instance, firstTask),
        then: sideOfAction(gate),
        kinds: RelationKind.MinRunnable | RelationKind.FirstImpliesThenGraphed,
      });
    }
    addOrdering(cluster, {
      constraint,
      first: sideOfAction(gate),
      then: sideOf(then, thenTask),
      kinds: kinds | RelationKind.UnrunnableFirstBlocks,
    });
  } else {
    addOrdering(cluster, {
      constraint,
      first: sideOf(first, firstTask),
      then: sideOf(then, thenTask),
      kinds,
    });
  }

  if (symmetry === "asymmetric") return;
  const firstInverse = invertTask(firstTask);
  const thenInverse = invertTask(thenTask);
  if (firstInverse === null || thenInverse === null) {
    cluster.diagnostics.push({
      severity: "warning",
      code: "ordering-ignored",
      message: `order constraint "${constraint}": "${firstInverse === null ? firstTask : thenTask}" cannot be undone, so the constraint holds in one direction only. Set symmetrical="false" to say so.`,
      elementId: element.id,
      line: element.line,
    });
    return;
  }
  addOrdering(cluster, {
    constraint,
    first: sideOf(then, thenInverse),
    then: sideOf(first, firstInverse),
    kinds: relationKindsOf(kind, firstInverse, "inverse"),
  });
}

function resourceOf(cluster: Cluster, element: XmlElement, name: "first" | "then"): Resource | null {
  const id = element.get(name);
  const resource = id === null ? null : findConstraintResource(cluster, id);
  if (resource !== null) return resource;
  cluster.diagnostics.push({
    severity: "error",
    code: "constraint-unknown-resource",
    message:
      id === null
        ? `order constraint "${element.id ?? ""}" has no "${name}" resource and is ignored. Name one, or use resource sets.`
        : `order constraint "${element.id ?? ""}" names resource "${id}", which does not exist; the constraint is ignored.`,
    elementId: element.id,
    line: element.line,
  });
  return null;
}

/** How many instances of a clone must run before what comes after it; 0: the ordinary rules. */
function instancesRequired(first: Resource, element: XmlElement): number {
  if (first.clone === null) return 0;
  const configured = first.meta.get("clone-min");
  if (configured !== undefined) {
    const count = Number.parseInt(configured, 10);
    return Number.isNaN(count) || count < 0 ? 0 : count;
  }
  const requireAll = element.get("require-all");
  return requireAll !== null && parseBoolean(requireAll) !== true ? 1 : 0;
}

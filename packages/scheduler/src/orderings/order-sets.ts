import { parseBoolean } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { requestClusterPseudoAction } from "../actions/request-action.ts";
import { invertTask } from "../actions/tasks.ts";
import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";
import type { Resource } from "../model/resource.ts";
import { findConstraintResource } from "../placement/constraint-resource.ts";
import { setsOf } from "../placement/constraint-sets.ts";
import { addOrdering, sideOf, sideOfAction } from "./add-ordering.ts";
import {
  type OrderKind,
  type OrderSymmetry,
  orderKindOf,
  orderSymmetryOf,
  relationKindsOf,
} from "./order-kinds.ts";

/** One `resource_set` of an order constraint. */
interface OrderSet {
  readonly id: string;
  readonly members: readonly Resource[];
  readonly task: string;
  /** Only what the attribute says: a set without `sequential` is not sequential towards other sets. */
  readonly isExplicitlySequential: boolean;
  readonly requiresAll: boolean;
}

interface OrderConstraint {
  readonly id: string;
  readonly kind: OrderKind;
  readonly symmetry: "asymmetric" | "symmetric";
}

/** Reads an `rsc_order` with resource sets. Source: part 3, 8.4; part 4, 10.3. */
export function readOrderSets(cluster: Cluster, element: XmlElement): void {
  const kind = orderKindOf(cluster, element);
  const symmetry = orderSymmetryOf(cluster, element, { kind, parentSymmetrical: null });
  const constraint: OrderConstraint = { id: element.id ?? "", kind, symmetry };
  let previous: OrderSet | null = null;
  for (const setElement of setsOf(cluster, element)) {
    const set = readSet(cluster, element, setElement);
    if (set === null) return;
    orderWithinSet(cluster, { element, setElement, constraint, set });
    if (previous !== null) {
      orderBetweenSets(cluster, constraint, { from: previous, to: set, symmetry });
      if (symmetry === "symmetric") {
        orderBetweenSets(cluster, constraint, { from: set, to: previous, symmetry: "inverse" });
      }
    }
    previous = set;
  }
}

function readSet(cluster: Cluster, element: XmlElement, setElement: XmlElement): OrderSet | null {
  const members: Resource[] = [];
  for (const reference of setElement.all("resource_ref")) {
    const id = reference.id ?? "";
    const resource = findConstraintResource(cluster, id);
    if (resource === null) {
      cluster.diagnostics.push({
        severity: "error",
        code: "constraint-unknown-resource",
        message: `order constraint "${element.id ?? ""}": set "${setElement.id ?? ""}" names resource "${id}", which does not exist; the rest of the constraint is ignored.`,
        elementId: element.id,
        line: reference.line,
      });
      return null;
    }
    members.push(resource);
  }
  return {
    id: setElement.id ?? "",
    members,
    task: setElement.get("action") ?? "start",
    isExplicitlySequential: parseBoolean(setElement.get("sequential") ?? "") === true,
    requiresAll: parseBoolean(setElement.get("require-all") ?? "") !== false,
  };
}

/** Source: part 4, 10.3.1. */
function orderWithinSet(
  cluster: Cluster,
  facts: {
    readonly element: XmlElement;
    readonly setElement: XmlElement;
    readonly constraint: OrderConstraint;
    readonly set: OrderSet;
  },
): void {
  const { members, task } = facts.set;
  if (members.length < 2) return;
  const kind = orderKindOf(cluster, facts.setElement, facts.constraint.kind);
  const symmetry = orderSymmetryOf(cluster, facts.setElement, {
    kind,
    parentSymmetrical: facts.element.get("symmetrical"),
  });
  const isSequential = parseBoolean(facts.setElement.get("sequential") ?? "") !== false;
  const kinds = relationKindsOf(kind, task, symmetry);
  const constraint = facts.set.id;
  for (let i = 0; i < members.length - 1; i++) {
    const end = kind === "Serialize" ? members.length : isSequential ? i + 2 : i + 1;
    for (let j = i + 1; j < end; j++) {
      const first = sideOf(members[i] as Resource, task);
      addOrdering(cluster, { constraint, first, then: sideOf(members[j] as Resource, task), kinds });
    }
  }
  const inverse = invertTask(task);
  if (symmetry === "asymmetric" || !isSequential || inverse === null) return;
  const inverseKinds = relationKindsOf(kind, inverse, "inverse");
  for (let i = 1; i < members.length; i++) {
    addOrdering(cluster, {
      constraint,
      first: sideOf(members[i] as Resource, inverse),
      then: sideOf(members[i - 1] as Resource, inverse),
      kinds: inverseKinds,
    });
  }
}

/** Source: part 4, 10.3.2. */
function orderBetweenSets(
  cluster: Cluster,
  constraint: OrderConstraint,
  pair: { readonly from: OrderSet; readonly to: OrderSet; readonly symmetry: OrderSymmetry },
): void {
  const { from, to, symmetry } = pair;
  const isInverse = symmetry === "inverse";
  const firstTask = isInverse ? invertTask(from.task) : from.task;
  const thenTask = isInverse ? invertTask(to.task) : to.task;
  if (firstTask === null || thenTask === null) return;
  const kinds = relationKindsOf(constraint.kind, firstTask, symmetry);
  const requiresAll = from.requiresAll || firstTask === "stop" || firstTask === "demote";
  if (!requiresAll) {
    const gate = requestClusterPseudoAction(cluster, `one-or-more:${from.id}`);
    gate.requiredRunnableBefore = 1;
    for (const member of from.members) {
      addOrdering(cluster, {
        constraint: constraint.id,
        first: sideOf(member, firstTask),
        then: sideOfAction(gate),
        kinds: RelationKind.MinRunnable | RelationKind.FirstImpliesThenGraphed,
      });
    }
    for (const member of to.members) {
      addOrdering(cluster, {
        constraint: constraint.id,
        first: sideOfAction(gate),
        then: sideOf(member, thenTask),
        kinds: kinds | RelationKind.UnrunnableFirstBlocks,
      });
    }
    return;
  }
  const firsts = from.isExplicitlySequential ? from.members.at(isInverse ? 0 : -1) : undefined;
  const thens = to.isExplicitlySequential ? to.members.at(isInverse ? -1 : 0) : undefined;
  for (const first of firsts === undefined ? from.members : [firsts]) {
    for (const then of thens === undefined ? to.members : [thens]) {
      addOrdering(cluster, {
        constraint: constraint.id,
        first: sideOf(first, firstTask),
        then: sideOf(then, thenTask),
        kinds,
      });
    }
  }
}

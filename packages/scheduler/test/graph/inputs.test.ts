import { describe, expect, it } from "vitest";
import { isInputKept, mergeInputs } from "../../src/graph/inputs.ts";
import { type Action, ActionFlag, createAction } from "../../src/model/action.ts";
import { type Relation, RelationKind } from "../../src/model/ordering.ts";
import { addRelation } from "../../src/orderings/relations.ts";

function actionOf(id: number, flags: number = ActionFlag.Runnable | ActionFlag.Pseudo): Action {
  return createAction({
    id,
    key: `a${id}_stop_0`,
    task: "stop",
    intervalMs: 0,
    resource: null,
    node: null,
    flags,
  });
}

function inputOf(first: Action, then: Action, kinds: number): Relation {
  addRelation(first, then, kinds);
  return then.before.at(-1) as Relation;
}

describe("inputs of a synapse (part 4, 13.3)", () => {
  it("of one action are merged, and come in the order of the numbers", () => {
    const then = actionOf(9);
    const [one, two] = [actionOf(1), actionOf(2)];
    addRelation(two, then, RelationKind.Ordered);
    addRelation(one, then, RelationKind.Ordered);
    addRelation(two, then, RelationKind.FirstImpliesThen);
    mergeInputs(then);
    const inGraphOrder = [...then.before].reverse();
    expect(inGraphOrder.map(({ action }) => action.id)).toEqual([1, 2]);
    expect(inGraphOrder[1]?.kinds).toBe(RelationKind.Ordered | RelationKind.FirstImpliesThen);
  });

  it.each([
    ["required", ActionFlag.Runnable | ActionFlag.Pseudo, RelationKind.Ordered, true],
    ["optional", ActionFlag.Runnable | ActionFlag.Optional, RelationKind.Ordered, false],
    ["unrunnable, only ordered", 0, RelationKind.Ordered, false],
    ["unrunnable, blocking", 0, RelationKind.Ordered | RelationKind.UnrunnableFirstBlocks, true],
    ["unrunnable, counted", 0, RelationKind.MinRunnable, false],
    [
      "migratable stop, only ordered",
      ActionFlag.Runnable | ActionFlag.Migratable,
      RelationKind.Ordered,
      false,
    ],
    ["disabled", ActionFlag.Runnable, RelationKind.None, false],
  ] as const)("%s", (_name, flags, kinds, isKept) => {
    const then = actionOf(9);
    const input: Relation = { action: actionOf(1, flags), kinds, isGraphed: false };
    expect(isInputKept(input, then)).toBe(isKept);
  });

  it("that hold on one node only are disabled when nodes are unknown", () => {
    const input = inputOf(actionOf(1), actionOf(2), RelationKind.IfOnSameNodeOrTarget);
    expect(isInputKept(input, actionOf(2))).toBe(false);
    expect(input.kinds).toBe(RelationKind.None);
  });
});

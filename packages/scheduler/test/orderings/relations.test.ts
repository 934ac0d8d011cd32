import { describe, expect, it } from "vitest";
import { createAction } from "../../src/model/action.ts";
import { RelationKind } from "../../src/model/ordering.ts";
import { addRelation } from "../../src/orderings/relations.ts";

function actionOf(id: number) {
  return createAction({
    id,
    key: `a${id}_start_0`,
    task: "start",
    intervalMs: 0,
    resource: null,
    node: null,
    flags: 0,
  });
}

describe("relations (part 4, 9.6)", () => {
  it("are refused without kinds", () => {
    expect(addRelation(actionOf(1), actionOf(2), RelationKind.None)).toBe(false);
  });

  it("are refused when one with a common kind exists, and added beside one without", () => {
    const first = actionOf(1);
    const then = actionOf(2);
    expect(addRelation(first, then, RelationKind.Ordered | RelationKind.FirstImpliesThen)).toBe(true);
    expect(addRelation(first, then, RelationKind.Ordered)).toBe(false);
    expect(addRelation(first, then, RelationKind.FirstImpliesThenGraphed)).toBe(true);
    expect(addRelation(then, first, RelationKind.Ordered)).toBe(true);
    expect(then.before.map((relation) => relation.kinds)).toEqual([
      RelationKind.Ordered | RelationKind.FirstImpliesThen,
      RelationKind.FirstImpliesThenGraphed,
    ]);
  });

  it("stay refused after the entry was disabled on one side", () => {
    const first = actionOf(1);
    const then = actionOf(2);
    addRelation(first, then, RelationKind.Ordered);
    for (const relation of then.before) relation.kinds = RelationKind.None;
    expect(addRelation(first, then, RelationKind.Ordered)).toBe(false);
    expect(first.after.map((relation) => relation.kinds)).toEqual([RelationKind.Ordered]);
  });
});

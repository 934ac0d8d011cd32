import { expect, test } from "vitest";
import { drawPlan, runPlan } from "../src/index.ts";
import { BUDGET, FIRST_SEED, REMOTE_BUDGET } from "./kit/budget.ts";

/** Others: `npm run simulate -- --seed S --runs N`. */
test.each(Array.from({ length: BUDGET }, (_, index) => FIRST_SEED + index))(
  "the plan of seed %i keeps all invariants",
  (seed) => {
    expect(runPlan(drawPlan(seed)).problems).toEqual([]);
  },
);

test.each(Array.from({ length: REMOTE_BUDGET }, (_, index) => FIRST_SEED + index))(
  "the plan of seed %i with a remote host keeps all invariants",
  (seed) => {
    expect(runPlan(drawPlan(seed, { hasRemote: true })).problems).toEqual([]);
  },
);

test("a seed gives the same events each time", () => {
  const plan = drawPlan(FIRST_SEED);
  const events = () => {
    const { virtualMs, log } = runPlan({ ...plan, steps: plan.steps.slice(0, 12) }, { isLogKept: true });
    return [virtualMs, ...log];
  };
  expect(events()).toEqual(events());
});

import { expect, test } from "vitest";
import { type Plan, runPlan, type World } from "../src/index.ts";
import { FOUND } from "./kit/found.ts";

const WORLD: World = {
  nodeCount: 3,
  content: "plain",
  agentMs: 40,
  monitorMs: 40,
  diskMs: 3,
  fenceMs: 300,
  rebootMs: 2_000,
  latencyMs: 0,
};

test.each(FOUND)("$name", ({ seed, world, steps }) => {
  const plan: Plan = { seed: seed ?? 1, world: { ...WORLD, ...world }, steps };
  expect(runPlan(plan).problems).toEqual([]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fault, type FaultStep, runSchedule } from "./kit/fault-schedule.ts";

/** Faults of nodes that a smaller cluster lacks are left out. */
const NODE_COUNT_MAX = 5;
const nodeId = fc.integer({ min: 1, max: NODE_COUNT_MAX });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("crash", "start", "killDaemon", "shutdown", "isolate" as const),
      nodeId,
    }) as fc.Arbitrary<Fault>,
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("split" as const), mask: fc.integer({ min: 0, max: 63 }) }),
  },
  { weight: 3, arbitrary: fc.constant<Fault>({ kind: "heal" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("breakResource" as const),
      resource: fc.constantFrom("d1", "d2"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("standby" as const), nodeId, isOn: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("change" as const), nodeId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fencingFails" as const), isBroken: fc.boolean() }) },
);
const step: fc.Arbitrary<FaultStep> = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 4_000 })),
  fault,
});

const world = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  nodeCount: fc.constantFrom(3, 3, 3, 2, 4, NODE_COUNT_MAX),
  agentMs: fc.constantFrom(5, 40, 300, 1_500),
  diskMs: fc.constantFrom(1, 3, 80),
  fenceMs: fc.constantFrom(20, 300, 2_500),
  rebootMs: fc.constantFrom(100, 2_000, 8_000),
});

describe("any schedule of faults", () => {
  test.each([
    ["tiny", 15],
    ["real", 5],
  ] as const)(
    "%s scheduler: never runs a resource twice, never loses an acknowledged change, and ends at rest",
    (scheduler, runs) => {
      fc.assert(
        fc.property(world, fc.array(step, { maxLength: 40, size: "max" }), (setting, steps) => {
          const possible = steps.filter(
            ({ fault }) => !("nodeId" in fault) || fault.nodeId <= setting.nodeCount,
          );
          const { cluster, problems } = runSchedule({ ...setting, scheduler }, possible);
          expect(problems, cluster.describe()).toEqual([]);
        }),
        {
          numRuns: Number(process.env.FAULT_RUNS ?? runs),
          seed: Number(process.env.FAULT_SEED ?? "20261121"),
        },
      );
    },
    600_000,
  );
});

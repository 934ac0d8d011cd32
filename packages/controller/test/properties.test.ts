import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fault, type FaultStep, runSchedule } from "./kit/fault-schedule.ts";

const NODE_COUNT = 3;
const nodeId = fc.integer({ min: 1, max: NODE_COUNT });
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
    arbitrary: fc.record({ kind: fc.constant("split" as const), mask: fc.integer({ min: 0, max: 15 }) }),
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

describe("any schedule of faults", () => {
  test.each([
    ["tiny", 15],
    ["real", 5],
  ] as const)(
    "%s scheduler: never runs a resource twice, never loses an acknowledged change, and ends at rest",
    (scheduler, runs) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 1_000_000 }),
          fc.array(step, { maxLength: 25 }),
          (seed, steps) => {
            const { cluster, problems } = runSchedule(seed, NODE_COUNT, steps, scheduler);
            expect(problems, cluster.describe()).toEqual([]);
          },
        ),
        {
          numRuns: Number(process.env.FAULT_RUNS ?? runs),
          seed: Number(process.env.FAULT_SEED ?? "20261121"),
        },
      );
    },
    600_000,
  );
});

import { describe, expect, it } from "vitest";
import { CLUSTER_KINDS, type ClusterKind, type ClusterSize, newCluster } from "../bench/clusters.ts";
import { BENCH_TIME_S, type ClusterState, inState } from "../bench/states.ts";
import { schedule } from "../src/index.ts";
import { AllowedNodes } from "../src/model/allowed-nodes.ts";

/** Whatever looks at many things does it through one of these. */
const COUNTED: readonly (readonly [object, readonly string[]])[] = [
  [Map.prototype, ["get", "has", "set"]],
  [Set.prototype, ["has", "add"]],
  [Array.prototype, ["push", "includes", "indexOf", "splice"]],
  [AllowedNodes.prototype, ["has", "score", "setScore", "copy", "probeMode"]],
];

/** How many steps the act takes; unlike time, it is the same on every machine, and however busy that is. */
function stepsOf(act: () => void): number {
  let count = 0;
  const restore: (() => void)[] = [];
  for (const [prototype, names] of COUNTED) {
    for (const name of names) {
      const original = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
      const call = original.value as (...args: unknown[]) => unknown;
      const counting = function (this: unknown, ...args: unknown[]): unknown {
        count++;
        return call.apply(this, args);
      };
      restore.push(() => Object.defineProperty(prototype, name, original));
      Object.defineProperty(prototype, name, { ...original, value: counting });
    }
  }
  try {
    act();
  } finally {
    for (const put of restore) put();
  }
  return count;
}

const KINDS = Object.keys(CLUSTER_KINDS) as ClusterKind[];
const STATES = ["new", "running"] as const;
/** Each twice the one before. Even the smallest has several of each kind, and no mix of few large parts. */
const RESOURCE_COUNTS = [120, 240, 480];
const NODE_COUNTS = [16, 32, 64];
/** Twice as many cost twice the steps, or a little more for sorting; the square would cost four times as many. */
const GROWTH_MAX = 2.25;

describe.each(KINDS.flatMap((kind) => STATES.map((state) => [kind, state] as const)))(
  "%s, %s",
  (kind, state) => {
    it("twice the resources cost no more than twice the work", { timeout: 120_000 }, () => {
      const [small, middle, large] = RESOURCE_COUNTS.map((resourceCount) =>
        steps(kind, state, { nodeCount: 4, resourceCount }),
      ) as [number, number, number];
      expect(small).toBeGreaterThan(RESOURCE_COUNTS[0] as number);
      // What is there once for all drops out of the differences.
      expect((large - middle) / (middle - small), `${small}, ${middle}, ${large}`).toBeLessThan(GROWTH_MAX);
    });

    it("nor do twice the nodes, with as many resources", { timeout: 120_000 }, () => {
      const [small, middle, large] = NODE_COUNTS.map((nodeCount) =>
        steps(kind, state, { nodeCount, resourceCount: 320 }),
      ) as [number, number, number];
      expect(middle / small, `${small}, ${middle}`).toBeLessThan(GROWTH_MAX);
      expect(large / middle, `${middle}, ${large}`).toBeLessThan(GROWTH_MAX);
    });
  },
);

function steps(kind: ClusterKind, state: ClusterState, size: ClusterSize): number {
  const cib = inState(newCluster(kind, size), state);
  return stepsOf(() => schedule(cib, { nowS: BENCH_TIME_S, leavesOutScores: true }));
}

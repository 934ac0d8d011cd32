import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COROSYNC_LIKE_TIMING } from "../../src/index.ts";
import { type MemoryCluster, memoryCluster } from "../cluster.ts";
import { LocalClient } from "./client.ts";
import type { EngineFixture } from "./fixture.ts";
import { checkProperties } from "./properties.ts";
import { play, stepsFor } from "./schedule.ts";

function fixtureOf(cluster: MemoryCluster, nodeCount: number): EngineFixture {
  cluster.clock.advance(8000);
  const { hub, clock } = cluster;
  return {
    nodeCount,
    open: async (nodeId, number) => {
      const engine = cluster.engine(nodeId);
      return new LocalClient(engine, number, nodeId, () => engine.close());
    },
    startNode: (nodeId) => hub.startNode(nodeId),
    stopNode: (nodeId) => hub.stopNode(nodeId),
    killNode: (nodeId) => hub.killNode(nodeId),
    pauseNode: (nodeId) => hub.pauseNode(nodeId),
    resumeNode: (nodeId) => hub.resumeNode(nodeId),
    partition: (sets) => hub.partition(sets),
    heal: () => hub.heal(),
    wait: async (durationMs) => clock.advance(durationMs),
    // Three times what a change takes.
    settle: (wait) => wait(12_000),
    close: async () => hub.close(),
  };
}

const RUNS = Number(process.env.QUORATE_CONTRACT_RUNS ?? 100);

describe("the engine in memory keeps the contract under random schedules", () => {
  test.each([
    ["3 nodes", 3, {}],
    ["5 nodes", 5, {}],
    ["2 nodes", 2, {}],
    ["4 nodes, slow links", 4, { latency: { minMs: 1, maxMs: 400 } }],
    [
      "4 nodes, slow synchronisation",
      4,
      {
        synchronization: { minMs: 100, maxMs: 1500 },
        lossDetection: { minMs: 50, maxMs: 300 },
        merge: { minMs: 50, maxMs: 300 },
      },
    ],
    ["3 nodes, no latency", 3, { latency: { minMs: 0, maxMs: 0 } }],
  ] as const)(
    "%s",
    async (_, nodeCount, timing) => {
      await fc.assert(
        fc.asyncProperty(stepsFor(nodeCount, 1), fc.nat(), fc.boolean(), async (steps, seed, isRefusing) => {
          const cluster = memoryCluster(nodeCount, {
            seed,
            timing: { ...COROSYNC_LIKE_TIMING, ...timing },
            limits: { refusalShare: isRefusing ? 0.2 : 0 },
          });
          const histories = await play(fixtureOf(cluster, nodeCount), steps);
          checkProperties(histories, nodeCount);
        }),
        { numRuns: RUNS },
      );
    },
    120_000,
  );

  test("P23: the same seed and script give the same histories", async () => {
    await fc.assert(
      fc.asyncProperty(stepsFor(3, 1), fc.nat(), async (steps, seed) => {
        const run = async (): Promise<string> =>
          JSON.stringify(await play(fixtureOf(memoryCluster(3, { seed }), 3), steps));
        expect(await run()).toBe(await run());
      }),
      { numRuns: 20 },
    );
  });
});

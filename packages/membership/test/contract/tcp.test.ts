import type { Engine } from "@quorate/ports";
import fc from "fast-check";
import { describe, test } from "vitest";
import { configureQuorum, connectToHub, ENGINE_LIMITS, QUORUM_DEFAULTS, startHub } from "../../src/index.ts";
import { nodesNamed } from "../cluster.ts";
import { realClock } from "../real-clock.ts";
import { seededRandom } from "../virtual-clock.ts";
import { LocalClient } from "./client.ts";
import type { EngineFixture } from "./fixture.ts";
import { checkProperties } from "./properties.ts";
import { play, stepsFor } from "./schedule.ts";

const KEY = new Uint8Array(32).fill(5);
const RUNS = Number(process.env.QUORATE_CONTRACT_RUNS_TCP ?? 2);

async function tcpFixture(nodeCount: number): Promise<EngineFixture> {
  const nodeList = nodesNamed(nodeCount);
  const quorum = configureQuorum(QUORUM_DEFAULTS, nodeList);
  if (!quorum.ok) throw new Error(quorum.errors.join("; "));
  const server = await startHub({
    clusterName: "contract",
    nodeList,
    quorum: quorum.settings,
    timing: {
      latency: { minMs: 0, maxMs: 0 },
      lossDetection: { minMs: 40, maxMs: 50 },
      merge: { minMs: 20, maxMs: 30 },
      synchronization: { minMs: 1, maxMs: 3 },
      nodeStart: { minMs: 2, maxMs: 5 },
      nodeStop: { minMs: 5, maxMs: 10 },
      clientDeath: { minMs: 0, maxMs: 0 },
    },
    limits: ENGINE_LIMITS,
    sequences: { load: () => 0, save() {} },
    clock: realClock,
    random: seededRandom(1),
    log() {},
    key: KEY,
    port: 0,
  });
  const { hub, port } = server;
  for (const { nodeId } of nodeList) hub.startNode(nodeId);
  const engines: Engine[] = [];
  const wait = (durationMs: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, durationMs));
  await wait(150);
  return {
    nodeCount,
    open: async (nodeId, number) => {
      const engine = await connectToHub({
        port,
        key: KEY,
        nodeName: `n${nodeId}`,
        clock: realClock,
        log() {},
      });
      engines.push(engine);
      return new LocalClient(engine, number, nodeId, () => engine.close());
    },
    startNode: (nodeId) => hub.startNode(nodeId),
    stopNode: (nodeId) => hub.stopNode(nodeId),
    killNode: (nodeId) => hub.killNode(nodeId),
    pauseNode: (nodeId) => hub.pauseNode(nodeId),
    resumeNode: (nodeId) => hub.resumeNode(nodeId),
    partition: (sets) => hub.partition(sets),
    heal: () => hub.heal(),
    wait,
    settle: (waitRetrying) => waitRetrying(400),
    close: async () => {
      for (const engine of engines) engine.close();
      await server.close();
    },
  };
}

describe("the engine over TCP keeps the contract under random schedules", () => {
  test("3 nodes", async () => {
    await fc.assert(
      fc.asyncProperty(stepsFor(3, 0.03), async (steps) => {
        const fixture = await tcpFixture(3);
        try {
          checkProperties(await play(fixture, steps), 3);
        } finally {
          await fixture.close();
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 120_000);
});

import { setTimeout as pause } from "node:timers/promises";
import type { Host } from "@quorate/lab";
import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import type { EngineFixture } from "../../packages/membership/test/contract/fixture.ts";
import { checkProperties } from "../../packages/membership/test/contract/properties.ts";
import { play, stepsFor } from "../../packages/membership/test/contract/schedule.ts";
import { running, untilRings } from "./corosync/corosync-lab.ts";
import { buildClientProgram, RemoteClient } from "./corosync/remote-client.ts";
import { createTestLab, whySkipped } from "./test-lab.ts";

const RUNS = Number(process.env.QUORATE_CONTRACT_RUNS_COROSYNC ?? 2);
const NAMES = ["n1", "n2", "n3"];

async function corosyncFixture(): Promise<EngineFixture> {
  const lab = await createTestLab({ hosts: NAMES, stack: "corosync", corosync: { tokenMs: 1000 } });
  await untilRings(lab, [NAMES]);
  const host = (nodeId: number): Host => lab.hosts[nodeId - 1]!;
  /** Nothing can be done on a host that stands still. */
  const service = async (nodeId: number, action: "start" | "stop" | "kill"): Promise<void> => {
    if (host(nodeId).state === "up") await host(nodeId).service("corosync", action);
  };
  const clients: RemoteClient[] = [];
  return {
    nodeCount: NAMES.length,
    open: async (nodeId, number) => {
      const client = new RemoteClient(host(nodeId), number);
      clients.push(client);
      return client;
    },
    startNode: (nodeId) => service(nodeId, "start"),
    stopNode: (nodeId) => service(nodeId, "stop"),
    killNode: (nodeId) => service(nodeId, "kill"),
    pauseNode: async (nodeId) => {
      if (host(nodeId).state === "up") await host(nodeId).freeze();
    },
    resumeNode: async (nodeId) => {
      if (host(nodeId).state === "frozen") await host(nodeId).thaw();
    },
    partition: (sets) => lab.partition(sets.map((set) => set.map((nodeId) => host(nodeId).name))),
    heal: () => lab.heal(),
    wait: (durationMs) => pause(durationMs),
    settle: async (wait) => {
      await untilRings(lab, [await running(lab)]);
      const deadline = Date.now() + 20_000;
      while (!clients.every((client) => client.isSettled) && Date.now() < deadline) await wait(100);
      await wait(2000);
    },
    close: () => lab.destroy(),
  };
}

describe.skipIf(whySkipped !== "")(
  `real Corosync keeps the contract of engines under random schedules${whySkipped}`,
  () => {
    beforeAll(buildClientProgram);

    test(
      `${NAMES.length} nodes`,
      async () => {
        await fc.assert(
          fc.asyncProperty(stepsFor(NAMES.length, 0.7), async (steps) => {
            const fixture = await corosyncFixture();
            try {
              checkProperties(await play(fixture, steps), NAMES.length);
            } finally {
              await fixture.close();
            }
          }),
          { numRuns: RUNS, endOnFailure: true },
        );
      },
      60_000 + RUNS * 90_000,
    );
  },
);

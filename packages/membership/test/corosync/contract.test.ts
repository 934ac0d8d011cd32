import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { beforeAll, describe, test } from "vitest";
import type { EngineFixture } from "../contract/fixture.ts";
import { checkProperties } from "../contract/properties.ts";
import { play, stepsFor } from "../contract/schedule.ts";
import { CorosyncHosts, reasonToSkip } from "./corosync-hosts.ts";
import { buildClientProgram, RemoteClient } from "./remote-client.ts";

const RUNS = Number(process.env.QUORATE_CONTRACT_RUNS_COROSYNC ?? 1);
const NODES = 3;

async function corosyncFixture(): Promise<EngineFixture> {
  const hosts = await CorosyncHosts.create({ nodeCount: NODES });
  const all = Array.from({ length: NODES }, (_, index) => index + 1);
  for (const node of all) hosts.start(node);
  await hosts.settled();
  return {
    nodeCount: NODES,
    open: async (nodeId, number) => new RemoteClient(hosts, nodeId, number),
    startNode: (node) => hosts.start(node),
    stopNode: (node) => hosts.signal(node, "SIGTERM"),
    killNode: (node) => hosts.signal(node, "SIGKILL"),
    pauseNode: (node) => hosts.freeze(node),
    resumeNode: (node) => hosts.thaw(node),
    partition: (sets) => hosts.partition(sets),
    heal: () => hosts.heal(),
    wait: (durationMs) => pause(durationMs),
    settle: async (wait) => {
      await hosts.settled();
      await wait(1500);
    },
    close: () => hosts.close(),
  };
}

const skipped = reasonToSkip();

describe.skipIf(skipped !== null)(
  `real Corosync keeps the contract under random schedules${skipped === null ? "" : ` (${skipped})`}`,
  () => {
    beforeAll(buildClientProgram);

    test(
      `${NODES} nodes`,
      async () => {
        await fc.assert(
          fc.asyncProperty(stepsFor(NODES, 0.7), async (steps) => {
            const fixture = await corosyncFixture();
            try {
              checkProperties(await play(fixture, steps), NODES);
            } finally {
              await fixture.close();
            }
          }),
          { numRuns: RUNS, endOnFailure: true },
        );
      },
      60_000 + RUNS * 60_000,
    );
  },
);

import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

describe("last resorts: 3 nodes", () => {
  test("a scheduler that dies is asked again", () => {
    let isBroken = false;
    const cluster = SimulatedCluster.ready(
      3,
      { resources: [fenceDevice(), dummy("d1")] },
      { schedulerFailure: () => (isBroken ? "its thread ended" : null) },
    );
    isBroken = true;
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.run(20_000);
    expect(cluster.activeOn("d1")).toEqual([]);
    isBroken = false;
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1, 12_000);
  });

  test.each([
    ["fence", true, [101]],
    ["suicide", true, [101]],
    ["fence", false, []],
    ["stop", true, []],
  ] as const)(
    "no-quorum-policy %s, watchdog %s: a node that loses quorum ends with %j",
    (policy, hasWatchdog, exits) => {
      const cluster = SimulatedCluster.ready(
        3,
        { options: { "no-quorum-policy": policy }, resources: [fenceDevice(), dummy("d1")] },
        { hasWatchdog },
      );
      const lone = cluster.follower();
      cluster.hub.isolate(lone);
      cluster.run(400);
      expect(cluster.node(lone).exits.map((notice) => notice.exitCode)).toEqual(exits);
      const others = cluster.nodes.filter((node) => node.nodeId !== lone);
      expect(others.flatMap((node) => node.exits)).toEqual([]);
    },
  );
});

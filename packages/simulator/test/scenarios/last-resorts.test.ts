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
    [{ "no-quorum-policy": "fence" }, true, [101]],
    [{ "no-quorum-policy": "suicide" }, true, [101]],
    [{ "fencing-watchdog-timeout": "10s" }, true, [101]],
    [{ "fencing-watchdog-timeout": "0" }, true, []],
    [{ "no-quorum-policy": "fence" }, false, []],
    [{ "no-quorum-policy": "stop" }, true, []],
  ] as const)(
    "%j, watchdog %s: a node that loses quorum ends with %j",
    (clusterOptions, hasWatchdog, exits) => {
      const cluster = SimulatedCluster.ready(
        3,
        { options: clusterOptions, resources: [fenceDevice(), dummy("d1")] },
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

import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

describe("shutdown: 3 nodes", () => {
  test.each(["DC", "other"] as const)(
    "of the %s: its resource moves, it exits in order, nobody is fenced",
    (which) => {
      const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
      const nodeId = which === "DC" ? cluster.leader() : cluster.follower();
      cluster.controller(nodeId).shutdown();
      cluster.until("exited", () => cluster.node(nodeId).exits.length === 1);
      expect(cluster.node(nodeId).exits[0]?.exitCode).toBe(0);
      expect(cluster.node(nodeId).services.active.size).toBe(0);
      cluster.settle();
      expect(cluster.activeOn("d1")).toHaveLength(1);
      expect(cluster.power.cuts).toEqual([]);
      cluster.start(nodeId);
      cluster.settle();
      expect(cluster.running()).toHaveLength(3);
      expect(cluster.digests()).toHaveLength(1);
    },
  );

  test("of all nodes at once: everything stops, all exit in order, and the configuration is there again", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1"), dummy("d2")] });
    for (const node of cluster.nodes) node.daemon!.node.shutdown();
    cluster.until("all exited", () => cluster.running().length === 0);
    expect(cluster.nodes.map((node) => node.exits.map((notice) => notice.exitCode))).toEqual([[0], [0], [0]]);
    expect(cluster.activeOn("d1")).toEqual([]);
    expect(cluster.activeOn("d2")).toEqual([]);
    cluster.run(1_000);
    cluster.start();
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.power.cuts).toEqual([]);
  });

  test("of the last node alone", () => {
    const cluster = SimulatedCluster.ready(1, {
      options: { "stonith-enabled": "false" },
      resources: [fenceDevice(), dummy("d1")],
    });
    cluster.controller(1).shutdown();
    cluster.until("exited", () => cluster.node(1).exits.length === 1);
    expect(cluster.node(1).exits[0]?.exitCode).toBe(0);
    expect(cluster.activeOn("d1")).toEqual([]);
  });

  test("a second request does not wait", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.behaviours.set("d1_stop", { hangs: true });
    cluster.controller(nodeId!).shutdown();
    cluster.run(1_000);
    expect(cluster.node(nodeId!).exits).toEqual([]);
    cluster.controller(nodeId!).shutdown();
    cluster.run(100);
    expect(cluster.node(nodeId!).exits[0]?.exitCode).toBe(1);
    // It left with a resource running: it has to be fenced.
    cluster.settle();
    expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${nodeId}`]);
  });

  test("a resource that does not stop holds up the end of its node for shutdown-escalation", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { "shutdown-escalation": "30s" },
      resources: [
        fenceDevice(),
        dummy("d1").replace(/(name="stop" interval="0" timeout=)"[^"]*"/, '$1"10min"'),
      ],
    });
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.behaviours.set("d1_stop", { hangs: true });
    cluster.controller(nodeId!).shutdown();
    cluster.run(29_000);
    expect(cluster.node(nodeId!).exits).toEqual([]);
    cluster.run(1_100);
    expect(cluster.node(nodeId!).exits[0]?.exitCode).toBe(1);
    cluster.until("recovered", () => cluster.activeOn("d1").some((other) => other !== nodeId));
    expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${nodeId}`]);
  });

  test("the DC dies while another node shuts down: its successor finishes", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const leader = cluster.leader();
    const leaving = cluster.follower();
    cluster.node(leaving).services.durationMs = 500;
    cluster.controller(leaving).shutdown();
    cluster.run(20);
    cluster.crash(leader);
    cluster.until("exited", () => cluster.node(leaving).exits.length === 1);
    expect(cluster.node(leaving).exits[0]?.exitCode).toBe(0);
  });

  test("a node that never joined ends at once", () => {
    const cluster = new SimulatedCluster(3, { dcDeadtimeMs: 60_000 });
    cluster.start(1);
    cluster.run(1_000);
    cluster.controller(1).shutdown();
    cluster.run(200);
    expect(cluster.node(1).exits[0]?.exitCode).toBe(0);
  });
});

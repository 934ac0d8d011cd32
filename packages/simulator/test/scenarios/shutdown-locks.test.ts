import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

const LOCKS = { "shutdown-lock": "true" };

function lockOf(cluster: SimulatedCluster, nodeId: number): string | null {
  const states = cluster.controller(cluster.leader()).cib.document.first("status")!.all("node_state");
  const state = states.find((candidate) => candidate.id === String(nodeId));
  const history = [...(state?.descendants("lrm_resource") ?? [])].find((one) => one.id === "d1");
  return history?.get("shutdown-lock") ?? null;
}

function shutDown(cluster: SimulatedCluster, nodeId: number): void {
  cluster.controller(nodeId).shutdown();
  cluster.until("exited", () => cluster.node(nodeId).exits.length > 0);
  cluster.run(500);
  cluster.settle();
}

describe("shutdown locks: 3 nodes", () => {
  test("a resource waits for its node, starts there again, and is free then", () => {
    const cluster = SimulatedCluster.ready(3, { options: LOCKS, resources: [fenceDevice(), dummy("d1")] });
    const [home] = cluster.activeOn("d1");
    shutDown(cluster, home!);
    expect(cluster.activeOn("d1")).toEqual([]);
    expect(Number(lockOf(cluster, home!))).toBeGreaterThan(1_700_000_000);
    // Another DC, which takes everybody's history in anew, does not forget it.
    cluster.crash(cluster.leader());
    cluster.run(2_000);
    cluster.start();
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([home]);
    expect(["0", null]).toContain(lockOf(cluster, home!));
    cluster.crash(home!);
    cluster.until("recovered elsewhere", () => cluster.activeOn("d1").some((nodeId) => nodeId !== home));
  });

  test("a lock ends after its limit", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { ...LOCKS, "shutdown-lock-limit": "60s" },
      resources: [fenceDevice(), dummy("d1")],
    });
    const [home] = cluster.activeOn("d1");
    shutDown(cluster, home!);
    cluster.run(50_000);
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.run(15_000);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.activeOn("d1")).not.toEqual([home]);
  });

  test("a node that is lost instead of shut down locks nothing", () => {
    const cluster = SimulatedCluster.ready(3, { options: LOCKS, resources: [fenceDevice(), dummy("d1")] });
    const [home] = cluster.activeOn("d1");
    cluster.crash(home!);
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
  });

  test("a refresh frees a locked resource", () => {
    const cluster = SimulatedCluster.ready(3, { options: LOCKS, resources: [fenceDevice(), dummy("d1")] });
    const [home] = cluster.activeOn("d1");
    shutDown(cluster, home!);
    // As long as its machine is in the ring, somebody would have to look there first.
    cluster.crash(home!);
    cluster.run(2_000);
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.request(cluster.leader(), "cib_delete", {
      xpath: `//node_state[@id='${home}']/lrm/lrm_resources/lrm_resource[@id='d1']`,
    });
    cluster.until("started", () => cluster.activeOn("d1").length === 1);
  });
});

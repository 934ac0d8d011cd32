import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

const REAL = { rebootMs: 3_000 } as const;

function ready(options: Readonly<Record<string, string>> = {}): SimulatedCluster {
  return SimulatedCluster.ready(3, { options, resources: [fenceDevice(), dummy("d1"), dummy("d2")] }, REAL);
}

describe("with the real scheduler: 3 nodes", () => {
  test("resources are started once, each on one node, and monitored", () => {
    const cluster = ready();
    for (const id of ["d1", "d2"]) expect(cluster.activeOn(id)).toHaveLength(1);
    cluster.run(30_000);
    expect(cluster.isSettled()).toBe(true);
    const [active] = cluster.activeOn("d1");
    const monitors = cluster.node(active!).services.history.filter((name) => name === "d1_monitor_10000");
    expect(monitors.length).toBeGreaterThan(1);
  });

  test("a crashed node is fenced, its resources recovered, and it comes back", () => {
    const cluster = ready();
    const [victim] = cluster.activeOn("d1");
    cluster.crash(victim!);
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
    cluster.until("back", () => cluster.running().length === 3);
    cluster.settle();
    expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${victim}`]);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a failed resource is recovered and cleaned up", () => {
    const cluster = ready();
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.until("restarted", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
    expect(
      cluster.controller(1).attributes.query("fail-count-d1#monitor_10000", `n${nodeId}`)?.[0]?.value,
    ).toBe("1");
    cluster
      .controller(2)
      .cleanup({ kind: "cleanup", resource: "d1", node: null, operation: null, intervalMs: null }, () => {});
    cluster.run(500);
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test("nodes shut down one after another and together", () => {
    const cluster = ready();
    const first = cluster.follower();
    cluster.controller(first).shutdown();
    cluster.until("first exited", () => cluster.node(first).exits.length === 1);
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    for (const node of cluster.running()) node.daemon!.node.shutdown();
    cluster.until("all exited", () => cluster.running().length === 0);
    expect(cluster.nodes.map((node) => node.exits.map((notice) => notice.exitCode))).toEqual([[0], [0], [0]]);
    expect(cluster.power.cuts).toEqual([]);
    cluster.run(1_000);
    cluster.start();
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test("a split: the side with quorum fences and recovers", () => {
    const cluster = ready();
    const [lone] = cluster.activeOn("d1");
    cluster.hub.isolate(lone!);
    cluster.until("moved", () => cluster.activeOn("d1").some((nodeId) => nodeId !== lone));
    cluster.hub.heal();
    cluster.until("back", () => cluster.running().length === 3);
    cluster.settle();
    expect(cluster.digests()).toHaveLength(1);
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test.each([
    ["a node in maintenance", "nodes", maintainedNode],
    ["a resource that is not managed", "resources", () => unmanaged("is-managed", "false")],
    ["a resource in maintenance", "resources", () => unmanaged("maintenance", "true")],
  ])("%s: it is left alone until that is over", (_, section, change) => {
    const cluster = ready();
    const [nodeId] = cluster.activeOn("d1");
    const set = (data: string) =>
      expect(cluster.request(1, "cib_modify", { section, data, flags: ["can-create"] })).toMatchObject({
        kind: "done",
        code: "ok",
      });
    const [on, off] = change(nodeId!);
    set(on);
    cluster.settle();
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.run(30_000);
    expect(cluster.activeOn("d1")).toEqual([]);
    set(off);
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
  });

  test("maintenance mode leaves everything alone", () => {
    const cluster = ready();
    cluster.request(1, "cib_modify", {
      section: "crm_config",
      data:
        '<crm_config><cluster_property_set id="cib-bootstrap-options">' +
        '<nvpair id="cib-bootstrap-options-maintenance-mode" name="maintenance-mode" value="true"/></cluster_property_set></crm_config>',
    });
    cluster.settle();
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.run(30_000);
    expect(cluster.activeOn("d1")).toEqual([]);
    expect(cluster.activeOn("d2")).toHaveLength(1);
  });
});

type OnAndOff = readonly [on: string, off: string];

function maintainedNode(nodeId: number): OnAndOff {
  const data = (value: string) =>
    `<nodes><node id="${nodeId}"><instance_attributes id="nodes-${nodeId}"><nvpair id="nodes-${nodeId}-maintenance" name="maintenance" value="${value}"/></instance_attributes></node></nodes>`;
  return [data("true"), data("false")];
}

function unmanaged(name: "is-managed" | "maintenance", value: "true" | "false"): OnAndOff {
  const data = (present: string) =>
    `<resources><primitive id="d1"><meta_attributes id="d1-m"><nvpair id="d1-m-x" name="${name}" value="${present}"/></meta_attributes></primitive></resources>`;
  return [data(value), data(value === "true" ? "false" : "true")];
}

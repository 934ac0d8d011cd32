import { serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { clusterOptions, dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

describe("node loss: 3 nodes with fencing", () => {
  test.each(["DC", "other"] as const)(
    "crash of the %s: fenced, then its resource is started elsewhere",
    (which) => {
      const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
      const [active] = cluster.activeOn("d1");
      // The resource starts on n1; make the node in question the one that has it.
      if ((which === "DC") !== (active === cluster.leader())) {
        const wanted = which === "DC" ? cluster.leader() : cluster.follower();
        for (const node of cluster.nodes) if (node.nodeId !== wanted) standby(cluster, node.nodeId, true);
        cluster.settle();
        for (const node of cluster.nodes) standby(cluster, node.nodeId, false);
        cluster.settle();
      }
      const [victim] = cluster.activeOn("d1");
      cluster.crash(victim!);
      cluster.run(200);
      cluster.settle();
      expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${victim}`]);
      expect(cluster.activeOn("d1")).toHaveLength(1);
      cluster.start(victim!);
      cluster.settle();
      expect(cluster.running()).toHaveLength(3);
      expect(cluster.activeOn("d1")).toHaveLength(1);
      expect(cluster.digests()).toHaveLength(1);
    },
  );

  test("nothing is recovered while fencing fails", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [victim] = cluster.activeOn("d1");
    cluster.power.set(`n${victim}`, "fails");
    cluster.crash(victim!);
    cluster.run(20_000);
    expect(cluster.log.lines().filter((line) => line.includes("was not terminated")).length).toBeGreaterThan(
      3,
    );
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.power.repairAll();
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
  });

  test("fencing that failed fencing-max-attempts times is not tried at once again, but when something changes", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { "fencing-max-attempts": "3" },
      resources: [fenceDevice(), dummy("d1")],
    });
    const [victim] = cluster.activeOn("d1");
    cluster.power.set(`n${victim}`, "fails");
    cluster.crash(victim!);
    cluster.run(120_000);
    const attempts = () => cluster.log.lines().filter((line) => line.includes("Requesting fencing")).length;
    expect(attempts()).toBe(3);
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.power.repairAll();
    cluster.run(60_000);
    expect(attempts()).toBe(3);
    const [other] = cluster.running();
    cluster.request(other!.nodeId, "cib_modify", {
      section: "crm_config",
      data: '<cluster_property_set id="cib-bootstrap-options"><nvpair id="x" name="com-example-note" value="1"/></cluster_property_set>',
    });
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
  });

  test("what ran on a lost node is known until it is fenced: what is ordered after it is restarted with it", () => {
    const cluster = SimulatedCluster.ready(3, {
      resources: [fenceDevice(), dummy("d1"), dummy("d2")],
      more: [
        [
          "constraints",
          `<constraints><rsc_order id="o" first="d1" then="d2"/>${["d1", "d2"]
            .map((id, index) => `<rsc_location id="l-${id}" rsc="${id}" node="n${index + 1}" score="100"/>`)
            .join("")}</constraints>`,
        ],
      ],
    });
    expect([cluster.activeOn("d1"), cluster.activeOn("d2")]).toEqual([[1], [2]]);
    const before = cluster.node(2).services.history.length;
    cluster.power.set("n1", "fails");
    cluster.crash(1);
    cluster.run(20_000);
    expect(historyOf(cluster, 2, 1)).toContain("d1");
    cluster.power.repairAll();
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
    expect(historyOf(cluster, 2, 1)).toEqual([]);
    expect(cluster.node(2).services.history.slice(before)).toEqual(
      expect.arrayContaining(["d2_stop_0", "d2_start_0"]),
    );
  });

  test("what ran on a lost node is known although a copy from a disk took the place of the one that said so", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [lost] = cluster.activeOn("d1");
    const [returning, lone] = [1, 2, 3].filter((nodeId) => nodeId !== lost);
    for (const nodeId of [lost, lone]) cluster.power.set(`n${nodeId}`, "fails");
    cluster.hub.isolate(lone!);
    cluster.run(3_000);
    const changed = cluster.request(returning!, "cib_modify", {
      section: "crm_config",
      data: clusterOptions({ "cluster-delay": "61s" }),
    });
    expect(changed).toMatchObject({ kind: "done", code: "ok" });
    cluster.crash(lost!);
    cluster.crash(returning!);
    cluster.hub.heal();
    cluster.run(3_000);
    cluster.start(returning!);
    cluster.run(20_000);
    for (const nodeId of [returning!, lone!]) {
      expect(serializeXml(cluster.controller(nodeId).cib.document)).toContain("61s");
      expect(historyOf(cluster, nodeId, lost!)).toContain("d1");
    }
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.power.repairAll();
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1);
  });

  test("a DC that dies after fencing, before it wrote so: the next one knows", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const leader = cluster.leader();
    const victim = cluster.follower();
    cluster.crash(victim);
    cluster.until("fenced", () => cluster.power.cuts.length === 1);
    cluster.crash(leader);
    cluster.run(30_000);
    // Alone and without quorum, the last one does nothing, but it knows that the victim is down.
    const [last] = cluster.running();
    const states = last!.daemon!.node.cib.document.first("status")!.all("node_state");
    expect(states.find((state) => state.id === String(victim))?.get("expected")).toBe("down");
  });

  test.each(["start", "stop"] as const)(
    "the DC dies while another node is in the middle of a %s",
    (action) => {
      const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice()] });
      const leader = cluster.leader();
      const busy = cluster.follower();
      const third = cluster.follower(busy);
      for (const nodeId of [leader, third]) standby(cluster, nodeId, true);
      const addResource = () =>
        cluster.request(1, "cib_modify", {
          section: "resources",
          data: `<resources>${dummy("d1")}</resources>`,
        });
      if (action === "stop") addResource();
      cluster.settle();
      cluster.node(busy).services.durationMs = 1_500;
      if (action === "start") addResource();
      else standby(cluster, busy, true);
      cluster.until(`${action} began`, () => cluster.node(busy).services.history.includes(`d1_${action}_0`));
      cluster.run(100);
      cluster.crash(leader);
      // The successor would like to have it elsewhere at once.
      standby(cluster, third, false);
      standby(cluster, busy, true);
      cluster.until("moved", () => {
        const active = cluster.activeOn("d1");
        return active.length === 1 && active[0] !== busy;
      });
      cluster.run(3_000);
      cluster.settle();
      expect(cluster.activeOn("d1")).toHaveLength(1);
    },
  );

  test("a DC of old does not remember that a node once left in order", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const first = cluster.leader();
    const comesAndGoes = cluster.follower();
    cluster.controller(comesAndGoes).shutdown();
    cluster.until("left", () => cluster.node(comesAndGoes).exits.length === 1);
    cluster.run(500);
    // Another one leads when the node comes back, then the first leads again.
    const second = cluster.follower(comesAndGoes);
    cluster.hub.isolate(first);
    cluster.run(3_000);
    cluster.start(comesAndGoes);
    cluster.run(3_000);
    cluster.start(first);
    cluster.hub.heal();
    cluster.settle();
    for (const node of [first, second, comesAndGoes]) {
      const [active] = cluster.activeOn("d1");
      if (active === node) cluster.crash(node);
      cluster.run(500);
      cluster.settle();
      expect(cluster.activeOn("d1")).toHaveLength(1);
      cluster.start(node);
      cluster.settle();
    }
  });

  test("a killed daemon with a running resource is fenced", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [victim] = cluster.activeOn("d1");
    cluster.killDaemon(victim!);
    cluster.run(100);
    cluster.settle();
    expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${victim}`]);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.activeOn("d1")).not.toEqual([victim]);
  });

  test("a killed daemon that is started anew before its node is fenced: the power is cut once", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [victim] = cluster.activeOn("d1");
    const cutAsked = () => cluster.log.lines().some((line) => line.includes(`targeting node n${victim} `));
    cluster.power.delayMs = 5_000;
    cluster.killDaemon(victim!);
    cluster.until("asked for", cutAsked);
    cluster.start(victim!);
    cluster.until("fenced", () => cluster.power.cuts.length === 1);
    cluster.settle();
    cluster.run(20_000);
    cluster.settle();
    expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${victim}`]);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    cluster.start(victim!);
    cluster.settle();
    expect(cluster.running()).toHaveLength(3);
  });

  test("without fencing, a daemon that comes back finds its resource by probing and starts nothing twice", () => {
    const cluster = SimulatedCluster.ready(1, {
      options: { "stonith-enabled": "false" },
      resources: [fenceDevice(), dummy("d1")],
    });
    cluster.killDaemon(1);
    cluster.run(2_000);
    expect(cluster.activeOn("d1")).toEqual([1]);
    const before = cluster.node(1).services.history.length;
    cluster.start(1);
    cluster.settle();
    expect(cluster.node(1).services.history.slice(before)).not.toContain("d1_start_0");
    expect(cluster.node(1).services.history.slice(before)[0]).toBe("d1_monitor_0");
  });

  test("an external fencing of a member: its resource is recovered", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [victim] = cluster.activeOn("d1");
    let isDone = false;
    cluster.node(cluster.follower(victim!)).daemon!.fencer.fence(
      {
        target: `n${victim}`,
        action: "reboot",
        timeoutS: 10,
        delayS: 0,
        toleranceS: 0,
        client: "stonith_admin.1",
        allowsSelf: false,
      },
      () => {
        isDone = true;
      },
    );
    cluster.until("fenced", () => isDone);
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.power.cuts).toHaveLength(1);
  });
});

/** Resources in the history of `nodeId` as another node's copy of the CIB shows it. */
function historyOf(cluster: SimulatedCluster, asSeenBy: number, nodeId: number): readonly (string | null)[] {
  const states = cluster.controller(asSeenBy).cib.document.first("status")?.all("node_state") ?? [];
  const state = states.find(({ id }) => id === String(nodeId));
  return [...(state?.descendants("lrm_resource") ?? [])].map(({ id }) => id);
}

function standby(cluster: SimulatedCluster, nodeId: number, isStandby: boolean): void {
  cluster.request(nodeId, "cib_modify", {
    section: "nodes",
    data:
      `<nodes><node id="${nodeId}" uname="n${nodeId}"><instance_attributes id="nodes-${nodeId}">` +
      `<nvpair id="nodes-${nodeId}-standby" name="standby" value="${isStandby}"/></instance_attributes></node></nodes>`,
  });
}

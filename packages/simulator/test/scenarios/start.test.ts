import { serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

describe("start: 3 nodes", () => {
  test("elect one DC at once when all configured nodes are there", () => {
    const cluster = new SimulatedCluster(3, { dcDeadtimeMs: 60_000 });
    cluster.start();
    cluster.run(5_000);
    expect(cluster.isSettled()).toBe(true);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("wait for the DC deadtime when one is missing, then go on without it", () => {
    const cluster = new SimulatedCluster(3, { dcDeadtimeMs: 10_000 });
    cluster.start(1, 2);
    cluster.run(9_000);
    expect(cluster.controller(1).status().dc).toBeNull();
    cluster.run(3_000);
    cluster.settle();
    expect(cluster.controller(1).status().dc).not.toBeNull();
    cluster.start(3);
    cluster.settle();
    expect(cluster.running()).toHaveLength(3);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a resource is probed everywhere, started once and monitored", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [active, ...others] = cluster.activeOn("d1");
    expect(others).toEqual([]);
    cluster.run(25_000);
    for (const node of cluster.nodes) expect(node.services.history[0]).toBe("d1_monitor_0");
    const monitors = cluster.node(active!).services.history.filter((name) => name === "d1_monitor_10000");
    expect(monitors.length).toBeGreaterThan(1);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a node starts in standby when its own settings say so, and is taken out of it when they say that", () => {
    let startState: "standby" | "online" | "default" = "standby";
    const cluster = SimulatedCluster.ready(
      2,
      { options: { "stonith-enabled": "false" }, resources: [dummy("d1")] },
      { settings: (nodeId) => (nodeId === 1 ? { startState } : {}) },
    );
    const restart = (to: typeof startState) => {
      startState = to;
      cluster.controller(1).shutdown();
      cluster.until("gone", () => cluster.running().length === 1);
      cluster.start(1);
      cluster.settle();
    };
    const standby = () =>
      /<nvpair id="nodes-1-standby" name="standby" value="(\w+)"\/>/.exec(
        serializeXml(cluster.controller(2).cib.document),
      )?.[1];
    expect([standby(), cluster.activeOn("d1")]).toEqual(["true", [2]]);
    restart("default");
    expect(standby()).toBe("true");
    restart("online");
    expect(standby()).toBe("false");
    cluster.controller(2).shutdown();
    cluster.until("d1 on the other", () => cluster.activeOn("d1")[0] === 1);
  });

  test("a daemon that hangs while it starts holds nobody up, and is taken in when it wakes", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const slow = cluster.follower();
    cluster.controller(slow).shutdown();
    cluster.until("gone", () => cluster.running().length === 2);
    cluster.settle();
    cluster.node(slow).disk.latencyMs = 60_000;
    cluster.start(slow);
    cluster.run(1_000);
    const [active] = cluster.activeOn("d1");
    cluster.node(active!).services.breakResource("d1");
    cluster.run(15_000);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    cluster.run(150_000);
    cluster.node(active!).services.breakResource("d1");
    cluster.run(15_000);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    cluster.node(slow).disk.latencyMs = 1;
    cluster.until("taken in", () => cluster.running().length === 3 && cluster.isSettled(), 400_000);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a whole cluster that is started again has its configuration", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    for (const node of cluster.nodes) cluster.crash(node.nodeId);
    cluster.run(5_000);
    cluster.start();
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test("a machine that has just booted is not fenced because its daemon is not there yet", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    for (const node of cluster.nodes) cluster.crash(node.nodeId);
    cluster.run(5_000);
    cluster.start(1, 2);
    cluster.run(4_000);
    cluster.node(3).isPowered = true;
    cluster.hub.startNode(3);
    cluster.run(3_000);
    cluster.start(3);
    cluster.settle();
    expect(cluster.power.cuts).toEqual([]);
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test("the properties that the DC sets are set again when somebody empties the options", () => {
    const cluster = SimulatedCluster.ready(3, {});
    const properties = () =>
      [...cluster.controller(1).cib.document.descendants("nvpair")]
        .filter((pair) => pair.parent?.id === "cib-bootstrap-options")
        .map((pair) => `${pair.get("name")}=${pair.get("value")}`)
        .filter((pair) => /^(have-watchdog|dc-version|cluster-infrastructure)=/.test(pair));
    const before = properties();
    expect(before).toHaveLength(3);
    const data = "<crm_config/>";
    expect(cluster.request(2, "cib_replace", { section: "crm_config", data })).toMatchObject({ code: "ok" });
    cluster.settle();
    expect(properties()).toEqual(before);
    expect(cluster.digests()).toHaveLength(1);
  });

  /** The whole cluster stops, something else is in the files of all nodes, and it starts again. */
  function startWith(cluster: SimulatedCluster, from: string, to: string): void {
    for (const node of cluster.nodes) {
      cluster.crash(node.nodeId);
      const stored = new TextDecoder().decode(node.disk.files.get("cib.xml")!.content);
      expect(stored).toContain(from);
      const content = new TextEncoder().encode(stored.replace(from, to));
      node.disk.files.set("cib.xml", { content, changedMs: cluster.clock.wallMs() });
      node.disk.files.delete("cib.xml.sig");
    }
    cluster.run(5_000);
    cluster.start();
  }

  test("a configuration that an older version accepted is used, and changes are refused until one mends it", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    startWith(cluster, '<primitive id="d1"', '<primitive id="d1" colour="blue"');
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    const data = dummy("d2");
    const refused = cluster.request(2, "cib_create", { section: "resources", data });
    expect(refused).toMatchObject({ code: "schema", reason: expect.stringContaining("takes no colour") });
    const primitives = [...cluster.controller(2).cib.document.descendants("primitive")];
    const primitive = primitives.find(({ id }) => id === "d1")!;
    const mended = serializeXml(primitive).replace(' colour="blue"', "");
    expect(cluster.request(2, "cib_replace", { section: "resources", data: mended })).toMatchObject({
      code: "ok",
    });
    expect(cluster.request(2, "cib_create", { section: "resources", data })).toMatchObject({ code: "ok" });
    cluster.settle();
    expect(cluster.activeOn("d2")).toHaveLength(1);
    expect(cluster.digests()).toHaveLength(1);
  });

  const LOCATION = '<rsc_location id="l" rsc="d1" node="n1" score="5"/>';
  test.each([
    ['<rsc_location id="l" rsc="nobody" node="n1" score="5"/>', "names nothing in the configuration"],
    ['<rsc_order id="l" first="d1"/>', "must have first with then"],
    ['<rsc_location id="l 1" rsc="d1" node="n1" score="5"/>', "is no name"],
  ])("so is one with a constraint that an older version accepted: %s", (constraint, reason) => {
    const cluster = SimulatedCluster.ready(3, {
      resources: [fenceDevice(), dummy("d1")],
      more: [["constraints", `<constraints>${LOCATION}</constraints>`]],
    });
    startWith(cluster, LOCATION, constraint);
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    const create = { section: "resources", data: dummy("d2") };
    expect(cluster.request(2, "cib_create", create)).toMatchObject({
      code: "schema",
      reason: expect.stringContaining(reason),
    });
    const mend = { section: "constraints", data: constraint };
    expect(cluster.request(2, "cib_delete", mend)).toMatchObject({ code: "ok" });
    expect(cluster.request(2, "cib_create", create)).toMatchObject({ code: "ok" });
  });

  test("a configuration that breaks the schema in other ways is used by nobody", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    startWith(cluster, '<primitive id="d1"', '<primitive id="fencer"');
    cluster.run(30_000);
    expect(cluster.activeOn("d1")).toEqual([]);
    expect(cluster.request(1, "cib_query", {})).toMatchObject({ code: "schema" });
  });
});

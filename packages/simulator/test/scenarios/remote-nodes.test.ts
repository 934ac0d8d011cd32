import { DEMO_TIMING } from "@quorate/membership";
import type { JsonObject } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { attributeUpdate, dummy, fenceDevice, remoteConnection, SimulatedCluster } from "../../src/index.ts";

const REMOTE = 101;
const FAILURES_AGE =
  '<rsc_defaults><meta_attributes id="defaults"><nvpair id="defaults-age" name="failure-timeout" value="20s"/></meta_attributes></rsc_defaults>';

function prefer(resource: string, node: string, score: string): readonly [string, string] {
  return [
    "constraints",
    `<constraints><rsc_location id="${resource}-${node}" rsc="${resource}" node="${node}" score="${score}"/></constraints>`,
  ];
}

/** `d1` prefers the remote host, which a connection of any node may lead to. */
function ready(
  more: readonly (readonly [string, string])[] = [],
  rebootMs: number | null = null,
  first = dummy("d1"),
  engineTiming = DEMO_TIMING,
): SimulatedCluster {
  const cluster = SimulatedCluster.ready(
    3,
    {
      resources: [fenceDevice(), remoteConnection("r1", { reconnect_interval: "60s" }), first, dummy("d2")],
      more: [prefer("d1", "r1", "1000"), ...more],
    },
    { remotes: ["r1"], rebootMs, engineTiming },
  );
  cluster.until("d1 on the remote host", () => cluster.activeOn("d1")[0] === REMOTE);
  cluster.settle();
  return cluster;
}

/** The node that the connection is on. */
function host(cluster: SimulatedCluster): number {
  const status = cluster.running()[0]!.daemon!.node.cib.document.first("status")!;
  const on = status.all("node_state").filter((state) => {
    const operations = [...state.descendants("lrm_resource")]
      .filter((resource) => resource.id === "r1")
      .flatMap((resource) => resource.all("lrm_rsc_op"))
      .sort((a, b) => Number(a.get("call-id")) - Number(b.get("call-id")));
    const last = operations.filter((entry) => entry.get("interval") === "0").at(-1);
    return last !== undefined && last.get("operation") !== "stop" && last.get("rc-code") === "0";
  });
  if (on.length !== 1) throw new Error(`the connection is on ${on.length} nodes\n${cluster.describe()}`);
  return Number(on[0]!.id);
}

function startsOf(cluster: SimulatedCluster, resource: string): number {
  return [...cluster.nodes, ...cluster.remotes]
    .flatMap(({ services }) => services.history)
    .filter((entry) => entry === `${resource}_start_0`).length;
}

describe("remote nodes: 3 nodes and a host that is no member", () => {
  test("a refresh of everything looks at what runs on the host, and leaves it and the connection alone", () => {
    const cluster = ready();
    const connectedTo = host(cluster);
    const before = cluster.remote("r1").services.history.length;
    const wholeCluster = { resource: null, node: null, operation: null, intervalMs: null };
    cluster.controller(1).cleanup({ kind: "refresh", ...wholeCluster }, () => {});
    cluster.run(2_000);
    cluster.settle();
    const since = cluster.remote("r1").services.history.slice(before);
    expect(since[0]).toBe("d1_monitor_0");
    expect(since.filter((name) => name.includes("start") || name.includes("stop"))).toEqual([]);
    expect(host(cluster)).toBe(connectedTo);
    // Where it is has been known all the time.
    const state = cluster
      .controller(1)
      .cib.document.first("status")!
      .all("node_state")
      .find(({ id }) => id === String(connectedTo))!;
    expect(
      [...state.descendants("lrm_rsc_op")].some(
        (entry) => entry.id === "r1_last_0" && entry.get("operation") === "start",
      ),
    ).toBe(true);
    expect(cluster.power.lastCutMs("r1")).toBeNull();
    expect(cluster.watch.violations).toEqual([]);
  });

  test("a resource runs on the remote host, is watched there and recovered there", () => {
    const cluster = ready();
    const remote = cluster.remote("r1");
    const { document } = cluster.controller(1).cib;
    const state = document
      .first("status")!
      .all("node_state")
      .find(({ id }) => id === "r1")!;
    expect(state.get("remote_node")).toBe("true");
    expect([...state.descendants("lrm_resource")].map(({ id }) => id)).toContain("d1");
    remote.services.breakResource("d1");
    cluster.until("d1 to run again", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    const count = cluster.controller(1).attributes.query("fail-count-d1#monitor_10000", "r1");
    expect(count).toEqual([{ node: "r1", value: "1" }]);
  });

  test("remote host loses its power: fenced, then recovered on a node of the cluster", () => {
    const cluster = ready();
    cluster.crashRemote("r1");
    cluster.until("d1 elsewhere", () => cluster.activeOn("d1").some((nodeId) => nodeId !== REMOTE));
    expect(cluster.power.cuts.map(({ target }) => target)).toEqual(["r1"]);
    cluster.settle();
  });

  test("fenced remote host boots: it is taken in again, with nothing running there", () => {
    const cluster = ready([], 2_000);
    cluster.crashRemote("r1");
    cluster.until("d1 elsewhere", () => cluster.activeOn("d1").some((nodeId) => nodeId !== REMOTE));
    cluster.until("d1 back on the remote host", () => cluster.activeOn("d1")[0] === REMOTE, 300_000);
    cluster.settle();
    expect(cluster.power.cuts.map(({ target }) => target)).toEqual(["r1"]);
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
  });

  test("power of the remote host cut, and its fence device hangs: nothing is recovered", () => {
    const cluster = ready();
    cluster.power.set("r1", "hangs");
    cluster.crashRemote("r1");
    cluster.run(120_000);
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.power.repairAll();
    cluster.until("d1 elsewhere", () => cluster.activeOn("d1").length === 1, 900_000);
  });

  test("the failure of a lost connection grows old before the host can be fenced: it is still lost, fenced, and recovered", () => {
    const cluster = SimulatedCluster.ready(
      3,
      {
        resources: [fenceDevice(), remoteConnection("r1"), dummy("d1"), dummy("d2")],
        more: [prefer("d1", "r1", "1000"), ["rsc_defaults", FAILURES_AGE]],
      },
      { remotes: ["r1"], rebootMs: 2_000 },
    );
    cluster.until("d1 on the remote host", () => cluster.activeOn("d1")[0] === REMOTE);
    cluster.settle();
    cluster.power.set("r1", "hangs");
    cluster.remote("r1").clock.freeze();
    cluster.run(300_000);
    expect(cluster.power.cuts).toEqual([]);
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    cluster.power.repairAll();
    cluster.until("d1 elsewhere", () => cluster.activeOn("d1").some((nodeId) => nodeId !== REMOTE), 120_000);
    expect(cluster.power.cuts.map(({ target }) => target)).toEqual(["r1"]);
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
  });

  test.each([
    {
      what: "node with the connection loses its power",
      harm: (c: SimulatedCluster, n: number) => c.crash(n),
    },
    {
      what: "daemon with the connection is killed",
      harm: (c: SimulatedCluster, n: number) => c.killDaemon(n),
    },
  ])("$what: connected from elsewhere, nothing on the remote host is disturbed", ({ harm }) => {
    const cluster = ready();
    const before = startsOf(cluster, "d1");
    const on = host(cluster);
    harm(cluster, on);
    cluster.until("the connection elsewhere", () => {
      try {
        return host(cluster) !== on;
      } catch {
        return false;
      }
    });
    cluster.settle();
    expect(cluster.power.cuts.map(({ target }) => target)).toEqual([`n${on}`]);
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    expect(startsOf(cluster, "d1")).toBe(before);
    cluster.remote("r1").services.breakResource("d1");
    cluster.until("d1 to be watched and recovered", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
  });

  test("node with the connection dies while it starts something there: that is looked for before it is started again", () => {
    const cluster = ready([], 1_000);
    const remote = cluster.remote("r1");
    const on = host(cluster);
    remote.services.durationMs = 2_000;
    remote.services.breakResource("d1");
    cluster.until("d1 to be started", () => remote.services.history.at(-1) === "d1_start_0");
    cluster.crash(on);
    cluster.run(1_000);
    cluster.until("d1 to run", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
  });

  test("node with the connection is cut off at the order to start something there, which shows only after long: not begun", () => {
    const timing = { ...DEMO_TIMING, lossDetection: { minMs: 8_000, maxMs: 8_000 } };
    const cluster = ready([], null, dummy("d1"), timing);
    const on = host(cluster);
    cluster.power.delayMs = 5_000;
    const before = cluster.remote("r1").services.history.length;
    const cutOff = (to: number, _channel: string, { kind, action }: JsonObject): void => {
      if (to !== on || kind !== "executeRemote" || (action as JsonObject).operation !== "start") return;
      cluster.overhearing.delete(cutOff);
      cluster.hub.isolate(on);
    };
    cluster.overhearing.add(cutOff);
    cluster.remote("r1").services.breakResource("d1");
    cluster.until("the node to be cut off", () => !cluster.overhearing.has(cutOff));
    cluster.run(12_000);
    expect(cluster.remote("r1").services.history.slice(before)).not.toContain("d1_start_0");
    cluster.until("d1 to run", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
  });

  describe("with a resource there that has no monitor", () => {
    const unwatched = '<primitive id="d1" class="ocf" provider="pacemaker" type="Dummy"/>';

    test("the host boots while its connection is lost: nothing counts as running there", () => {
      const cluster = ready([], null, unwatched);
      cluster.crash(host(cluster));
      cluster.crashRemote("r1");
      cluster.startRemote("r1");
      cluster.run(30_000);
      cluster.settle();
      expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    });

    test("a node without quorum stops it: whoever connects next looks, instead of believing that it runs", () => {
      const cluster = ready([], 1_000, unwatched);
      cluster.power.delayMs = 3_000;
      const stops = remoteStops(cluster);
      cluster.hub.isolate(host(cluster));
      cluster.until("the node to be fenced", () => cluster.power.cuts.length > 0);
      cluster.hub.heal();
      cluster.run(30_000);
      cluster.settle();
      expect(remoteStops(cluster)).toBeGreaterThan(stops);
      expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    });
  });

  test("connection moves because its node goes to standby: nothing stops on the remote host", () => {
    const cluster = ready();
    const before = startsOf(cluster, "d1");
    const on = host(cluster);
    const standby = `<nodes><node id="${on}" uname="n${on}"><instance_attributes id="nodes-${on}"><nvpair id="nodes-${on}-standby" name="standby" value="on"/></instance_attributes></node></nodes>`;
    cluster.request(cluster.leader(), "cib_modify", {
      section: "nodes",
      data: standby,
      flags: ["can-create"],
    });
    cluster.settle();
    expect(host(cluster)).not.toBe(on);
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    expect(startsOf(cluster, "d1")).toBe(before);
    expect(remoteStops(cluster)).toBe(0);
    expect(cluster.power.cuts).toEqual([]);
  });

  test("the DC dies: the remote node stays as it is", () => {
    const cluster = ready();
    const before = startsOf(cluster, "d1");
    const on = host(cluster);
    const leader = cluster.leader();
    cluster.crash(leader);
    cluster.until("a new DC", () => cluster.running()[0]?.daemon?.node.status().dc !== `n${leader}`);
    cluster.settle();
    if (leader !== on) expect(host(cluster)).toBe(on);
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    expect(startsOf(cluster, "d1")).toBe(before);
  });

  test("connection stopped by an administrator: what ran on the remote host stops first", () => {
    const cluster = ready();
    const data =
      '<primitive id="r1"><meta_attributes id="r1-meta"><nvpair id="r1-role" name="target-role" value="Stopped"/></meta_attributes></primitive>';
    cluster.request(1, "cib_modify", {
      section: "resources",
      data: `<resources>${data}</resources>`,
      flags: ["can-create"],
    });
    cluster.settle();
    expect(cluster.activeOn("d1")).not.toEqual([REMOTE]);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.power.cuts).toEqual([]);
  });

  test("the watch sees what runs on the remote host", () => {
    const cluster = ready();
    const operation = { action: "start", resourceId: "d1", intervalMs: 0 } as Parameters<
      (typeof cluster.nodes)[0]["services"]["begin"]
    >[0];
    cluster.node(1).services.begin(operation);
    expect(() => cluster.run(1)).toThrow("d1 is started on n1 while it runs on r1");
  });

  test("guest node: what its resource runs in can be used as a node, and its loss is recovered without fencing", () => {
    const cluster = SimulatedCluster.ready(
      3,
      {
        resources: [fenceDevice(), dummy("vm", { meta: { "remote-node": "g1" } }), dummy("d1")],
        more: [prefer("d1", "g1", "1000")],
      },
      { remotes: ["g1"] },
    );
    cluster.until("d1 in the guest", () => cluster.activeOn("d1")[0] === REMOTE);
    cluster.settle();
    const [on] = cluster.activeOn("vm");
    // The virtual machine ends: all in it is gone with it.
    cluster.node(on!).services.breakResource("vm");
    cluster.remote("g1").losePower();
    cluster.until("the guest to be started anew", () => cluster.activeOn("vm").length === 1);
    cluster.startRemote("g1");
    cluster.until("d1 in the guest again", () => cluster.activeOn("d1")[0] === REMOTE, 300_000);
    cluster.settle();
    expect(cluster.power.cuts).toEqual([]);
  });

  test("a transient attribute of the remote node reaches the status, and whoever joins later", () => {
    const cluster = ready([], 1_000);
    cluster
      .controller(host(cluster))
      .attributes.update(attributeUpdate("speed", "7", { node: "r1" }), () => {});
    cluster.settle();
    const victim = cluster.nodes.find(
      ({ nodeId }) => nodeId !== host(cluster) && nodeId !== cluster.leader(),
    )!;
    cluster.crash(victim.nodeId);
    cluster.run(5_000);
    cluster.until("it is back", () => victim.daemon !== null);
    cluster.settle();
    for (const { daemon } of cluster.nodes)
      expect(daemon?.node.attributes.query("speed", "r1")).toEqual([{ node: "r1", value: "7" }]);
    const state = cluster
      .controller(1)
      .cib.document.first("status")!
      .all("node_state")
      .find(({ id }) => id === "r1")!;
    expect([...state.descendants("nvpair")].find((pair) => pair.get("name") === "speed")?.get("value")).toBe(
      "7",
    );
  });
});

function remoteStops(cluster: SimulatedCluster): number {
  return cluster.remote("r1").services.history.filter((entry) => entry.endsWith("_stop_0")).length;
}

import type { RequestResult } from "@quorate/controller";
import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

function failCount(cluster: SimulatedCluster, name: string, nodeId: number): string | null {
  return cluster.controller(1).attributes.query(name, `n${nodeId}`)?.[0]?.value ?? null;
}

function entryIds(cluster: SimulatedCluster, nodeId: number): string[] {
  const states = cluster.controller(1).cib.document.first("status")!.all("node_state");
  const state = states.find((candidate) => candidate.id === String(nodeId))!;
  return [...state.descendants("lrm_rsc_op")].map((entry) => entry.id ?? "").sort();
}

describe("resource failures: 3 nodes", () => {
  test("a failed monitor is counted and the resource restarted", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.until("restarted", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
    expect(failCount(cluster, "fail-count-d1#monitor_10000", nodeId!)).toBe("1");
    expect(Number(failCount(cluster, "last-failure-d1#monitor_10000", nodeId!))).toBeGreaterThan(
      1_800_000_000,
    );
    expect(entryIds(cluster, nodeId!)).toContain("d1_last_failure_0");
    const pair = [...cluster.controller(2).cib.document.descendants("nvpair")].find(
      (candidate) => candidate.get("name") === "fail-count-d1#monitor_10000",
    );
    expect(pair?.id).toBe(`status-${nodeId}-fail-count-d1.monitor_10000`);
  });

  test("a failed start is counted as infinity and the resource started elsewhere", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    cluster.node(1).services.behaviours.set("d1_start", { rc: 1, reason: "no luck" });
    cluster.request(1, "cib_modify", { section: "resources", data: `<resources>${dummy("d1")}</resources>` });
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([2]);
    expect(failCount(cluster, "fail-count-d1#start_0", 1)).toBe("INFINITY");
    const entry = [...cluster.controller(2).cib.document.descendants("lrm_rsc_op")].find(
      (candidate) => candidate.get("exit-reason") === "no luck",
    );
    expect(entry?.get("rc-code")).toBe("1");
  });

  test("with start-failure-is-fatal=false it is counted by one and tried again where it was, until migration-threshold", () => {
    const cluster = SimulatedCluster.ready(2, {
      options: { "stonith-enabled": "false", "start-failure-is-fatal": "false" },
    });
    const preferred = '<constraints><rsc_location id="home" rsc="d1" node="n1" score="100"/></constraints>';
    cluster.node(1).services.behaviours.set("d1_start", { rc: 1, reason: "no luck" });
    const resource = dummy("d1", { meta: { "migration-threshold": "3" } });
    cluster.request(1, "cib_replace", { section: "constraints", data: preferred });
    cluster.request(1, "cib_modify", { section: "resources", data: `<resources>${resource}</resources>` });
    cluster.settle();
    const tried = cluster.node(1).services.history.filter((one) => one === "d1_start_0");
    expect(tried).toHaveLength(3);
    expect(failCount(cluster, "fail-count-d1#start_0", 1)).toBe("3");
    expect(cluster.activeOn("d1")).toEqual([2]);
  });

  test("a failure with parameters that are no longer configured is forgotten, for good", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    const nodeId = cluster.follower();
    const configure = (attribute: string) => {
      const [start, end] = dummy("d1").split(/(?<=^<primitive[^>]*>)/);
      const parameters = `<instance_attributes id="d1-p"><nvpair id="d1-a" name="a" value="${attribute}"/></instance_attributes>`;
      cluster.request(1, "cib_modify", {
        section: "resources",
        data: `<resources>${start}${parameters}${end}</resources>`,
      });
      cluster.settle();
    };
    cluster.node(nodeId).services.behaviours.set("d1_start", { rc: 1 });
    cluster.request(1, "cib_modify", {
      section: "constraints",
      data: `<constraints><rsc_location id="l" rsc="d1" node="n${nodeId}" score="100"/></constraints>`,
    });
    configure("wrong");
    expect(entryIds(cluster, nodeId)).toContain("d1_last_failure_0");
    cluster.node(nodeId).services.behaviours.delete("d1_start");
    configure("right");
    expect(cluster.activeOn("d1")).toEqual([nodeId]);
    expect(failCount(cluster, "fail-count-d1#start_0", nodeId)).toBeNull();
    expect(entryIds(cluster, nodeId)).not.toContain("d1_last_failure_0");
    // A new DC asks each node for its history.
    cluster.node(cluster.leader()).daemon!.node.shutdown();
    cluster.settle();
    expect(entryIds(cluster, nodeId)).not.toContain("d1_last_failure_0");
  });

  test("a failed stop has the node fenced", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.behaviours.set("d1_stop", { rc: 1 });
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.until("fenced", () => cluster.power.cuts.length === 1);
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.activeOn("d1")).not.toEqual([nodeId]);
  });

  test("an action that is never answered is lost, and the cluster goes on", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { "cluster-delay": "2s", "stonith-enabled": "false" },
    });
    cluster.node(1).services.behaviours.set("d1_start", { hangs: true });
    cluster.request(1, "cib_modify", { section: "resources", data: `<resources>${dummy("d1")}</resources>` });
    cluster.run(8_000);
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([2]);
  });

  test("nobody waits for a monitor that is to begin much later, and its failure counts all the same", () => {
    const resource = dummy("d1").replace('name="monitor"', 'start-delay="6min" name="monitor"');
    const cluster = SimulatedCluster.ready(2, {
      options: { "stonith-enabled": "false" },
      resources: [resource],
    });
    const [active] = cluster.activeOn("d1");
    const monitored = () =>
      cluster.nodes.some(({ services }) => services.history.includes("d1_monitor_10000"));
    cluster.until("transition over", () => cluster.isSettled(), 1_000);
    cluster.run(300_000);
    cluster.node(active!).services.breakResource("d1");
    expect(monitored()).toBe(false);
    cluster.run(55_000);
    expect(monitored()).toBe(false);
    cluster.until("recovered", () => cluster.activeOn("d1").length === 1, 20_000);
    expect(monitored()).toBe(true);
  });

  test.each([
    { recordPending: "true", seen: "op-status=-1 rc-code=193" },
    { recordPending: "false", seen: "" },
  ])(
    "a start that goes on is in the history, unless record-pending=$recordPending",
    ({ recordPending, seen }) => {
      const cluster = SimulatedCluster.ready(1, { options: { "stonith-enabled": "false" } });
      cluster.node(1).services.durationMs = 2_000;
      const plain = `name="start" interval="0" timeout="5s"`;
      const resource = dummy("d1").replace(
        `${plain}/>`,
        `${plain}><meta_attributes id="m"><nvpair id="m-1" name="record-pending" value="${recordPending}"/></meta_attributes></op>`,
      );
      cluster.request(1, "cib_modify", { section: "resources", data: `<resources>${resource}</resources>` });
      cluster.until("the start", () => cluster.node(1).services.history.includes("d1_start_0"));
      cluster.run(100);
      const [state] = cluster.controller(1).cib.document.first("status")!.all("node_state");
      const entry = [...state!.descendants("lrm_rsc_op")].find(({ id }) => id === "d1_last_0");
      const status = entry?.get("operation") === "start" ? entry : null;
      expect(
        status === null ? "" : `op-status=${status.get("op-status")} rc-code=${status.get("rc-code")}`,
      ).toBe(seen);
      cluster.until("started", () => cluster.activeOn("d1").length === 1);
    },
  );

  test("crm_resource --fail: counted, recovered", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [nodeId] = cluster.activeOn("d1");
    const results: RequestResult[] = [];
    cluster
      .controller(cluster.follower())
      .failResource({ resource: "d1", node: `n${nodeId}` }, (result) => results.push(result));
    cluster.run(500);
    cluster.settle();
    expect(results).toEqual([{ ok: true }]);
    expect(failCount(cluster, "fail-count-d1#asyncmon_0", nodeId!)).toBe("1");
    expect(cluster.node(nodeId!).services.history).toContain("d1_stop_0");
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test("cleanup forgets the failure and probes again; nothing else restarts", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1"), dummy("d2")] });
    const [nodeId] = cluster.activeOn("d1");
    cluster.node(nodeId!).services.breakResource("d1");
    cluster.until("restarted", () => cluster.activeOn("d1").length === 1);
    cluster.settle();
    const before = cluster.node(nodeId!).services.history.length;
    let result: RequestResult | null = null;
    cluster
      .controller(2)
      .cleanup(
        { kind: "cleanup", resource: null, node: null, operation: null, intervalMs: null },
        (given) => {
          result = given;
        },
      );
    cluster.run(500);
    cluster.settle();
    expect(result).toEqual({ ok: true });
    expect(failCount(cluster, "fail-count-d1#monitor_10000", nodeId!)).toBeNull();
    expect(entryIds(cluster, nodeId!)).not.toContain("d1_last_failure_0_");
    const since = cluster.node(nodeId!).services.history.slice(before);
    expect(since).toContain("d1_monitor_0");
    expect(since.filter((name) => name.includes("start") || name.includes("stop"))).toEqual([]);
    cluster.run(15_000);
    expect(cluster.node(nodeId!).services.history.slice(before)).toContain("d1_monitor_10000");
  });

  test("a stop takes the ended monitor out of the history, and disturbs no transition", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { "stonith-enabled": "false" },
      resources: [dummy("d1")],
    });
    const [nodeId] = cluster.activeOn("d1");
    expect(entryIds(cluster, nodeId!)).toEqual(["d1_last_0", "d1_monitor_10000"]);
    const before = cluster.log.lines().length;
    cluster.request(nodeId!, "cib_modify", {
      section: "resources",
      data: `<resources>${dummy("d1", { meta: { "target-role": "Stopped" } })}</resources>`,
    });
    cluster.settle();
    expect(cluster.activeOn("d1")).toEqual([]);
    expect(entryIds(cluster, nodeId!)).toEqual(["d1_last_0"]);
    const since = cluster.log.lines().slice(before);
    expect(since.filter((line) => line.includes("Resource operation removal"))).toEqual([]);
    expect(since.filter((line) => line.includes("Calculated transition"))).toHaveLength(1);
  });

  test("a cleanup just when the first look of a monitor is awaited holds nothing up", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [nodeId] = cluster.activeOn("d1");
    const { services } = cluster.node(nodeId!);
    services.breakResource("d1");
    const starts = () => services.history.filter((name) => name === "d1_start_0").length;
    const before = starts();
    cluster.until("started again", () => starts() > before);
    services.monitorMs = 1_000;
    const since = services.history.length;
    cluster.until("its monitor", () => services.history.slice(since).includes("d1_monitor_10000"));
    const wholeCluster = { resource: null, node: null, operation: null, intervalMs: null };
    cluster.controller(1).cleanup({ kind: "refresh", ...wholeCluster }, () => {});
    cluster.run(200);
    cluster.until("idle", () => cluster.isSettled(), 10_000);
    expect(cluster.activeOn("d1")).toEqual([nodeId]);
  });

  test("refresh probes a running resource without touching it", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [nodeId] = cluster.activeOn("d1");
    const before = cluster.node(nodeId!).services.history.length;
    cluster
      .controller(1)
      .cleanup({ kind: "refresh", resource: "d1", node: null, operation: null, intervalMs: null }, () => {});
    cluster.run(500);
    cluster.settle();
    const since = cluster.node(nodeId!).services.history.slice(before);
    expect(since[0]).toBe("d1_monitor_0");
    expect(since.filter((name) => name.includes("start") || name.includes("stop"))).toEqual([]);
    expect(cluster.digests()).toHaveLength(1);
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { testConfiguration } from "./configuration.ts";
import { TestCluster } from "./test-cluster.ts";

let cluster: TestCluster | null = null;

afterEach(async () => {
  await cluster?.stop();
  cluster = null;
});

async function start(extra: Parameters<typeof testConfiguration>[1] = {}): Promise<TestCluster> {
  cluster = await TestCluster.start((layout) => testConfiguration(layout, extra));
  return cluster;
}

/** Another node than those named. */
function otherThan(...names: (string | null)[]): string {
  return ["node1", "node2", "node3"].find((name) => !names.includes(name))!;
}

/** The node is back: it was fenced, has joined again, and the cluster has settled. */
async function untilBack(running: TestCluster, node: string): Promise<void> {
  const via = otherThan(node);
  await running.until(`${node} to be back`, 40_000, async () => {
    const nodes = await running.ask(via, "node.list", {});
    return (
      nodes.every(({ isOnline }) => isOnline) && (await running.ask(node, "node.status", {})).dc !== null
    );
  });
  await running.untilIdle(via);
}

function expectNeverTwice(running: TestCluster): void {
  expect(running.watcher.violations).toEqual([]);
}

describe("three nodes", { timeout: 120_000 }, () => {
  test("daemon of the active node killed: the node is fenced, then its services run elsewhere, then it is back", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    const via = otherThan(active!);
    await running.do({ do: "kill", node: active! });
    await running.until("web elsewhere", 30_000, async () => {
      const [now] = running.watcher.nodes;
      return now !== undefined && now !== active;
    });
    expect(await running.successfulFencings(via, active!)).toBe(1);
    await untilBack(running, active!);
    expectNeverTwice(running);
  });

  test("daemon of the DC killed: another one leads and fences it", async () => {
    const running = await start();
    const dc = (await running.dc("node1"))!;
    const via = otherThan(dc);
    await running.do({ do: "kill", node: dc });
    await running.until("another DC", 30_000, async () => {
      const now = await running.dc(via);
      return now !== null && now !== dc;
    });
    await running.until(
      "the old DC to be fenced",
      30_000,
      async () => (await running.successfulFencings(via, dc)) === 1,
    );
    await untilBack(running, dc);
    await running.until("web to run", 30_000, async () => running.watcher.nodes.length === 1);
    expectNeverTwice(running);
  });

  test("power of the active node cut: it is fenced, then its services run elsewhere", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    await running.do({ do: "off", node: active! });
    await running.until("web elsewhere", 30_000, async () => {
      const [now] = running.watcher.nodes;
      return now !== undefined && now !== active;
    });
    expect(await running.successfulFencings(otherThan(active!), active!)).toBe(1);
    expectNeverTwice(running);
  });

  test("two of three killed: without quorum the last one stops everything and fences nobody", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    const victims = ["node1", "node2", "node3"].filter((name) => name !== active);
    await Promise.all(victims.map((node) => running.do({ do: "kill", node })));
    await running.until("web to stop", 30_000, async () => running.watcher.nodes.length === 0);
    expect((await running.ask(active!, "node.status", {})).isQuorate).toBe(false);
    await sleep(1000);
    expect(running.watcher.nodes).toEqual([]);
    for (const victim of victims) expect(await running.successfulFencings(active!, victim)).toBe(0);
    expectNeverTwice(running);
  });

  test("active node unplugged: the majority fences it and takes over", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    const via = otherThan(active!);
    await running.do({ do: "partition", node: active! });
    await running.until("web elsewhere", 30_000, async () => {
      const [now] = running.watcher.nodes;
      return now !== undefined && now !== active;
    });
    expect(await running.successfulFencings(via, active!)).toBe(1);
    await running.do({ do: "heal" });
    await untilBack(running, active!);
    expectNeverTwice(running);
  });

  test("agent hangs on stop, on-fail=fence: the node is fenced before the service starts elsewhere", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    await running.change(
      "node1",
      "cib_modify",
      "resources",
      `<primitive id="web"><instance_attributes id="web-trouble"><nvpair id="web-trouble-hang" name="hang_on" value="stop@${active}"/></instance_attributes></primitive>`,
      ["can-create"],
    );
    await running.untilIdle();
    await running.change(
      "node1",
      "cib_modify",
      "nodes",
      `<node id="${running.node(active!).nodeId}"><instance_attributes id="nodes-standby"><nvpair id="nodes-standby-nv" name="standby" value="on"/></instance_attributes></node>`,
      ["can-create"],
    );
    await running.until("web elsewhere", 60_000, async () => {
      const [now] = running.watcher.nodes;
      return now !== undefined && now !== active;
    });
    expect(await running.successfulFencings(otherThan(active!), active!)).toBeGreaterThan(0);
    expectNeverTwice(running);
  });

  test("agent fails to start on one node: the service starts on another", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    const failing = otherThan(active!);
    const last = otherThan(active!, failing);
    await running.change(
      "node1",
      "cib_modify",
      "resources",
      `<primitive id="extra" class="ocf" provider="quorate" type="Dummy"><instance_attributes id="extra-params"><nvpair id="extra-fail" name="fail_on" value="start@${failing}"/></instance_attributes></primitive>`,
      ["can-create"],
    );
    await running.change(
      "node1",
      "cib_modify",
      "constraints",
      `<constraints><rsc_location id="extra-first" rsc="extra" node="${failing}" score="200"/><rsc_location id="extra-second" rsc="extra" node="${last}" score="100"/></constraints>`,
      ["can-create"],
    );
    await running.until(
      `extra on ${last}`,
      30_000,
      async () => (await running.activeOn("node1", "extra")).join() === last,
    );
    expectNeverTwice(running);
  });

  test("daemon of a node stopped in order: services move first, nobody is fenced; it joins again", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    const via = otherThan(active!);
    const machine = running.playground.machines.get(active!)!;
    await machine.stopDaemon();
    await running.until("web elsewhere", 30_000, async () => {
      const [now] = running.watcher.nodes;
      return now !== undefined && now !== active;
    });
    expect(await running.ask(via, "fencing.history", { target: null })).toEqual([]);
    await running.do({ do: "start", node: active! });
    await untilBack(running, active!);
    expect(await running.ask(via, "fencing.history", { target: null })).toEqual([]);
    expectNeverTwice(running);
  });

  test("maintenance mode, daemon restarted under running resources: nothing is touched, everything is found again", async () => {
    const running = await start();
    const [active] = running.watcher.nodes;
    await running.change(
      "node1",
      "cib_modify",
      "crm_config",
      `<cluster_property_set id="cib-bootstrap-options"><nvpair id="opt-maintenance" name="maintenance-mode" value="true"/></cluster_property_set>`,
      ["can-create"],
    );
    await running.untilIdle();
    const machine = running.playground.machines.get(active!)!;
    await machine.stopDaemon();
    expect(running.watcher.nodes).toEqual([active]);
    await running.do({ do: "start", node: active! });
    await untilBack(running, active!);
    expect(await running.activeOn(otherThan(active!), "web")).toEqual([active]);
    expect(
      running.watcher.sightings
        .filter(({ nodes }) => nodes.length === 1)
        .every(({ nodes }) => nodes[0] === active),
    ).toBe(true);
    expectNeverTwice(running);
  });

  test("configuration survives: all daemons stopped and started again know it", async () => {
    const running = await start();
    for (const machine of running.playground.machines.values()) await machine.powerOff();
    for (const machine of running.playground.machines.values()) await machine.powerOn();
    await running.until("web to run again", 40_000, async () => running.watcher.nodes.length === 1);
    const digests = await Promise.all(
      ["node1", "node2", "node3"].map(async (node) => (await running.cib(node)).get("epoch")),
    );
    expect(new Set(digests).size).toBe(1);
    expectNeverTwice(running);
  });
});

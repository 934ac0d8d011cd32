import { describe, expect, test } from "vitest";
import { attributeUpdate, dummy, fenceDevice, SimulatedCluster, storageFencing } from "../../src/index.ts";

const NAMES = ["n1", "n2", "n3"];

/** Cut off from its storage by an administrator, a node's daemon ends; its machine goes on. */
function cutOff(cluster: SimulatedCluster, victim: number): void {
  cluster.node(cluster.leader()).daemon!.fencer.fence(
    {
      target: `n${victim}`,
      action: "off",
      timeoutS: 10,
      delayS: 0,
      toleranceS: 0,
      client: "stonith_admin.1",
      allowsSelf: false,
    },
    () => {},
  );
  cluster.until("the daemon ends", () => cluster.node(victim).exits.length === 1);
}

/** An attribute of a node as another one knows it, and as the CIB has it. */
function attributeOf(cluster: SimulatedCluster, nodeId: number): readonly (string | null)[] {
  const { attributes, cib } = cluster.controller(cluster.leader());
  const known = attributes.query("promoted-life", `n${nodeId}`)?.find(({ node }) => node === `n${nodeId}`);
  const pairs = [...cib.document.first("status")!.descendants("nvpair")];
  return [
    known?.value ?? null,
    pairs.find((pair) => pair.get("name") === "promoted-life")?.get("value") ?? null,
  ];
}

describe("unfencing: 3 nodes, one is fenced from its storage by hand", () => {
  test("its resource is recovered at once, whether its machine leaves the ring or not", () => {
    const cluster = SimulatedCluster.ready(3, {
      resources: [storageFencing("storage", NAMES), dummy("d1"), dummy("d2"), dummy("d3")],
    });
    const victim = cluster.follower();
    const [lost] = [...cluster.node(victim).services.active];
    cutOff(cluster, victim);
    cluster.until("recovered", () => cluster.activeOn(lost!).length === 1, 2_000);
    cluster.settle();
    for (const id of ["d1", "d2", "d3"]) expect(cluster.activeOn(id)).toHaveLength(1);
    expect(cluster.log.count(`n${cluster.leader()}`, new RegExp(`fence \\(on\\) n${victim}`))).toBe(1);

    cluster.crash(victim);
    cluster.start(victim);
    cluster.settle();
    expect(cluster.log.count(`n${cluster.leader()}`, new RegExp(`fence \\(on\\) n${victim}`))).toBe(2);
    expect(cluster.controller(victim).status().state).toBe("S_NOT_DC");
  });
});

test("a machine that stood still while it was cut off from its storage ends its daemon, and comes back unfenced anew", () => {
  const cluster = SimulatedCluster.ready(3, {
    resources: [storageFencing("storage", NAMES), dummy("d1"), dummy("d2"), dummy("d3")],
  });
  const victim = cluster.follower();
  cluster.controller(victim).attributes.update(attributeUpdate("promoted-life", "10"), () => {});
  cluster.run(100);
  expect(attributeOf(cluster, victim)).toEqual(["10", "10"]);
  cluster.freeze(victim);
  const isFenced = () => cluster.node(cluster.leader()).daemon!.fencer.history().length > 3;
  cluster.until("fenced", isFenced, 60_000);
  cluster.thaw(victim);
  cluster.until("the daemon ends", () => cluster.node(victim).exits.length === 1, 10_000);
  expect(cluster.node(victim).exits[0]).toMatchObject({ exitCode: 100 });
  // What it said of its former life on its way out stays nowhere.
  cluster.run(5_000);
  expect(attributeOf(cluster, victim)).toEqual([null, null]);
  cluster.crash(victim);
  cluster.start(victim);
  cluster.settle();
  const history = cluster.node(cluster.leader()).daemon!.fencer.history();
  const ended = history.filter(({ target, state }) => target === `n${victim}` && state === "success");
  expect(ended.map(({ action }) => action)).toEqual(["on", "reboot", "on"]);
  for (const id of ["d1", "d2", "d3"]) expect(cluster.activeOn(id)).toHaveLength(1);
});

test("a node that was cut off from its storage while no message reached it is told when one does, and ends its daemon", () => {
  const cluster = SimulatedCluster.ready(3, {
    resources: [storageFencing("storage", NAMES), dummy("d1"), dummy("d2"), dummy("d3")],
  });
  const victim = cluster.follower();
  const [lost] = [...cluster.node(victim).services.active];
  cluster.hub.isolate(victim);
  cluster.until("recovered", () => cluster.activeOn(lost!).some((node) => node !== victim), 60_000);
  cluster.run(5_000);
  // Without quorum it runs nothing, and does not know more.
  expect(cluster.node(victim).exits).toEqual([]);
  expect([...cluster.node(victim).services.active]).toEqual([]);
  cluster.hub.heal();
  cluster.until("the daemon ends", () => cluster.node(victim).exits.length === 1, 10_000);
  expect(cluster.node(victim).exits[0]).toMatchObject({ exitCode: 100 });
  cluster.settle();
  for (const id of ["d1", "d2", "d3"]) expect(cluster.activeOn(id)).toHaveLength(1);
});

test("a daemon has left in order; what waited for its machine starts when that leaves the ring", () => {
  const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice()] });
  const gone = cluster.follower();
  cluster.controller(gone).shutdown();
  cluster.until("left", () => cluster.node(gone).exits.length === 1);
  cluster.settle();
  // Nobody can look whether it runs there.
  cluster.request(cluster.leader(), "cib_modify", {
    section: "resources",
    data: `<resources>${dummy("d1")}</resources>`,
  });
  cluster.settle();
  expect(cluster.activeOn("d1")).toEqual([]);
  cluster.crash(gone);
  cluster.until("started", () => cluster.activeOn("d1").length === 1, 5_000);
});

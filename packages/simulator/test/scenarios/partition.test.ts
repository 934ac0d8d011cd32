import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

const META = (name: string) =>
  `<crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="o-${name}" name="${name}" value="1"/></cluster_property_set></crm_config>`;

function hasOption(cluster: SimulatedCluster, nodeId: number, name: string): boolean {
  return [...cluster.controller(nodeId).cib.document.descendants("nvpair")].some(
    (pair) => pair.get("name") === name,
  );
}

describe("partition: 3 nodes", () => {
  test("the smaller side is fenced and its resource recovered on the larger", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [lone] = cluster.activeOn("d1");
    cluster.hub.isolate(lone!);
    cluster.until("moved", () => cluster.activeOn("d1").some((nodeId) => nodeId !== lone));
    expect(cluster.power.cuts.map((record) => record.target)).toEqual([`n${lone}`]);
    cluster.hub.heal();
    cluster.start(lone!);
    cluster.settle();
    expect(cluster.running()).toHaveLength(3);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a change made on the smaller side is kept when the larger made none: its copy descends from theirs", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    cluster.hub.isolate(3);
    cluster.run(3_000);
    const mended = cluster.request(3, "cib_modify", {
      section: "crm_config",
      data: META("kept"),
      flags: ["can-create"],
    });
    expect(mended).toMatchObject({ code: "ok" });
    cluster.hub.heal();
    cluster.run(2_000);
    cluster.settle();
    expect(cluster.digests()).toHaveLength(1);
    expect(hasOption(cluster, 1, "kept")).toBe(true);
  });

  test("without fencing the smaller side stops, and after the merge one DC leads with one CIB", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { "stonith-enabled": "false" },
      resources: [fenceDevice(), dummy("d1")],
    });
    const others = [1, 2, 3].filter((nodeId) => nodeId !== cluster.activeOn("d1")[0]);
    const [, lone] = others;
    cluster.hub.isolate(lone!);
    cluster.run(3_000);
    expect(cluster.controller(lone!).status()).toMatchObject({ dc: `n${lone}`, isQuorate: false });
    cluster.hub.heal();
    cluster.run(2_000);
    cluster.settle();
    expect(cluster.digests()).toHaveLength(1);
    expect(cluster.activeOn("d1")).toHaveLength(1);
  });

  test("changes of the side with quorum survive, whatever the other side did", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    const lone = cluster.follower();
    cluster.hub.isolate(lone);
    cluster.run(3_000);
    const [large] = [1, 2, 3].filter((nodeId) => nodeId !== lone);
    expect(
      cluster.request(large!, "cib_modify", { section: "crm_config", data: META("x-large") }),
    ).toMatchObject({
      kind: "done",
      code: "ok",
    });
    for (const name of ["x-small-1", "x-small-2", "x-small-3", "x-small-4"])
      expect(cluster.request(lone, "cib_modify", { section: "crm_config", data: META(name) })).toMatchObject({
        kind: "done",
      });
    cluster.hub.heal();
    cluster.run(2_000);
    cluster.settle();
    expect(cluster.digests()).toHaveLength(1);
    expect(hasOption(cluster, lone, "x-large")).toBe(true);
    expect(hasOption(cluster, large!, "x-small-1")).toBe(false);
    // A node with the discarded copy would not win even from its disk.
    const epochs = cluster.running().map((node) => Number(node.daemon!.node.cib.document.get("epoch")));
    for (const node of cluster.nodes) cluster.crash(node.nodeId);
    cluster.start();
    cluster.settle();
    expect(hasOption(cluster, 1, "x-large")).toBe(true);
    expect(Number(cluster.controller(1).cib.document.get("epoch"))).toBeGreaterThanOrEqual(epochs[0]!);
  });

  test("an equal split of two nodes: nobody has quorum, nothing is started twice", () => {
    const cluster = SimulatedCluster.ready(2, { resources: [fenceDevice(), dummy("d1")] });
    cluster.hub.partition([[1], [2]]);
    cluster.run(20_000);
    expect(cluster.power.cuts).toEqual([]);
    expect(cluster.activeOn("d1")).toEqual([]);
    cluster.hub.heal();
    cluster.run(1_000);
    cluster.settle();
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.digests()).toHaveLength(1);
  });

  test.each(["d1", "d2"])(
    "an equal split with quorum on both sides: the node with %s, which has priority, wins",
    (vital) => {
      const cluster = SimulatedCluster.ready(
        2,
        {
          options: { "priority-fencing-delay": "15s" },
          resources: [
            fenceDevice(),
            ...["d1", "d2"].map((id) => dummy(id, { meta: { priority: id === vital ? "10" : "1" } })),
          ],
        },
        { quorum: { isTwoNode: true } },
      );
      const [winner] = cluster.activeOn(vital);
      const [loser] = cluster.activeOn(vital === "d1" ? "d2" : "d1");
      expect(winner).not.toBe(loser);
      cluster.hub.partition([[1], [2]]);
      cluster.until("both on the winner", () =>
        ["d1", "d2"].every((id) => cluster.activeOn(id).join() === `${winner}`),
      );
      cluster.run(30_000);
      expect(cluster.power.cuts.map(({ target }) => target)).not.toContain(`n${winner}`);
      expect(cluster.power.cuts[0]?.target).toBe(`n${loser}`);
    },
  );

  test("short splits one after another end in one cluster", () => {
    const cluster = SimulatedCluster.ready(3, {
      options: { "stonith-enabled": "false" },
      resources: [fenceDevice(), dummy("d1"), dummy("d2")],
    });
    for (let round = 0; round < 6; round += 1) {
      cluster.hub.isolate(1 + (round % 3));
      cluster.clock.advance(400 + 150 * round);
      cluster.hub.heal();
      cluster.clock.advance(200 + 100 * round);
    }
    cluster.watch.violations.length = 0;
    cluster.run(3_000);
    cluster.settle();
    expect(cluster.digests()).toHaveLength(1);
  });
});

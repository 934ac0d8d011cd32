import type { RequestResult } from "@quorate/controller";
import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

/** Ids of the entries of nodes, and of their states. */
function known(cluster: SimulatedCluster, nodeId = 1): readonly (readonly string[])[] {
  const cib = cluster.controller(nodeId).cib.document;
  const ids = (elements: readonly { readonly id: string | null }[] | undefined) =>
    (elements ?? []).map(({ id }) => id ?? "").sort();
  return [
    ids(cib.first("configuration")?.first("nodes")?.all("node")),
    ids(cib.first("status")?.all("node_state")),
  ];
}

function remove(cluster: SimulatedCluster, name: string): RequestResult | null {
  let answer: RequestResult | null = null;
  cluster.controller(1).removeNode(name, (result) => {
    answer = result;
  });
  cluster.run(1_000);
  return answer;
}

describe("the nodes that a cluster knows: 3 nodes", () => {
  const ready = () => SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });

  test("one is removed when it has left, and not before; it may come back as a new one", () => {
    const cluster = ready();
    expect(remove(cluster, "n3")).toMatchObject({ ok: false, code: "refused" });
    expect(remove(cluster, "n9")).toMatchObject({ ok: false, code: "notFound" });
    cluster.controller(3).shutdown();
    cluster.until("left", () => cluster.running().length === 2);
    cluster.crash(3);
    cluster.settle();
    expect(known(cluster)).toEqual([
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
    expect(remove(cluster, "n3")).toMatchObject({ ok: true });
    cluster.settle();
    for (const nodeId of [1, 2]) {
      expect(
        cluster
          .controller(nodeId)
          .nodes()
          .map(({ name }) => name),
      ).toEqual(["n1", "n2"]);
    }
    cluster.start(3);
    cluster.settle();
    expect(known(cluster, 2)).toEqual([
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
    expect(cluster.power.lastCutMs("n3")).toBeNull();
    expect(cluster.digests()).toHaveLength(1);
  });

  test.each([
    ["another entry of a node that is there", "nodes", '<nodes><node id="17" uname="N2"/></nodes>'],
    ["a node that is there is given another name", "nodes", '<nodes><node id="2" uname="other"/></nodes>'],
    [
      "another state of a node that is there",
      "status",
      '<status><node_state id="17" uname="n2" in_ccm="0" crmd="0" join="down" expected="member"/></status>',
    ],
  ])("%s: it is known as it says itself, and nobody is fenced", (_, section, data) => {
    const cluster = ready();
    cluster.request(1, "cib_modify", { section, data, flags: ["can-create"] });
    cluster.settle();
    expect(known(cluster)[0]).toEqual(["1", "2", "3"]);
    const nodes = cluster.controller(1).cib.document.first("configuration")!.first("nodes")!.all("node");
    expect(nodes.map((node) => node.get("uname"))).toEqual(["n1", "n2", "n3"]);
    expect(cluster.power.cuts).toEqual([]);
    expect(cluster.running()).toHaveLength(3);
    expect(cluster.digests()).toHaveLength(1);
  });
});

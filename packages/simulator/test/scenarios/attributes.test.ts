import type { AttributeUpdateRequest, RequestResult } from "@quorate/controller";
import { describe, expect, test } from "vitest";
import { attributeUpdate, SimulatedCluster } from "../../src/index.ts";

function update(
  cluster: SimulatedCluster,
  via: number,
  request: Partial<AttributeUpdateRequest> & { readonly name: string },
): RequestResult | null {
  let result: RequestResult | null = null;
  cluster
    .controller(via)
    .attributes.update(attributeUpdate(request.name, null, { wait: "cluster", ...request }), (given) => {
      result = given;
    });
  cluster.run(50);
  return result;
}

/** Value of the attribute in the CIB as this node has it. */
function inCib(cluster: SimulatedCluster, via: number, name: string): string | null {
  const pairs = [...cluster.controller(via).cib.document.first("status")!.descendants("nvpair")];
  return pairs.find((pair) => pair.get("name") === name)?.get("value") ?? null;
}

describe("attributes: 3 nodes", () => {
  test("a value set on one node is seen on all and written to the CIB", () => {
    const cluster = SimulatedCluster.ready(3, {});
    expect(update(cluster, 2, { name: "a", value: "1" })).toEqual({ ok: true });
    for (const nodeId of [1, 2, 3])
      expect(cluster.controller(nodeId).attributes.query("a", "n2")).toEqual([{ node: "n2", value: "1" }]);
    expect(inCib(cluster, 3, "a")).toBe("1");
    expect(update(cluster, 2, { name: "a", value: null })).toEqual({ ok: true });
    expect(cluster.controller(1).attributes.query("a", "n2")).toEqual([{ node: "n2", value: null }]);
    expect(inCib(cluster, 3, "a")).toBeNull();
    expect(cluster.controller(1).attributes.query("never", null)).toBeNull();
  });

  test("increments from all nodes at once are all counted", () => {
    const cluster = SimulatedCluster.ready(3, {});
    for (let round = 0; round < 5; round += 1)
      for (const via of [1, 2, 3])
        update(cluster, via, { name: "n", node: "n1", value: "value++", wait: "no" });
    cluster.run(100);
    expect(cluster.controller(3).attributes.query("n", "n1")).toEqual([{ node: "n1", value: "15" }]);
  });

  test("dampening: one write with the last value, its time counted from the last change", () => {
    const cluster = SimulatedCluster.ready(3, {});
    update(cluster, 1, { name: "d", value: "1", kind: "both", delayMs: 10_000 });
    cluster.run(6_000);
    expect(inCib(cluster, 2, "d")).toBeNull();
    update(cluster, 1, { name: "d", value: "2" });
    cluster.run(6_000);
    expect(inCib(cluster, 2, "d")).toBeNull();
    update(cluster, 1, { name: "d", value: "2" });
    cluster.run(4_100);
    expect(inCib(cluster, 2, "d")).toBe("2");
  });

  test("the writer dies between the change and the write: its successor writes", () => {
    const cluster = SimulatedCluster.ready(3, {});
    const leader = cluster.leader();
    const other = cluster.follower();
    update(cluster, other, { name: "d", value: "1", kind: "both", delayMs: 60_000 });
    cluster.crash(leader);
    cluster.run(200);
    cluster.settle();
    expect(inCib(cluster, other, "d")).toBe("1");
  });

  test("a private value is not in the CIB; a node's values go with it", () => {
    const cluster = SimulatedCluster.ready(3, {});
    const gone = cluster.follower();
    const other = cluster.leader();
    update(cluster, gone, { name: "p", value: "1", isPrivate: true });
    update(cluster, gone, { name: "a", value: "1" });
    expect(inCib(cluster, other, "p")).toBeNull();
    expect(inCib(cluster, other, "a")).toBe("1");
    cluster.crash(gone);
    cluster.run(200);
    cluster.settle();
    expect(cluster.controller(other).attributes.query("p", null)).toEqual([]);
    expect(inCib(cluster, other, "a")).toBeNull();
  });

  test("after a merge every node's own values hold", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    update(cluster, 3, { name: "a", value: "before" });
    cluster.hub.isolate(3);
    cluster.run(3_000);
    update(cluster, 3, { name: "a", value: "alone", wait: "local" });
    update(cluster, 1, { name: "b", value: "majority" });
    cluster.hub.heal();
    cluster.run(1_000);
    cluster.settle();
    for (const via of [1, 2, 3]) {
      expect(cluster.controller(via).attributes.query("a", "n3")).toEqual([{ node: "n3", value: "alone" }]);
      expect(cluster.controller(via).attributes.query("b", "n1")).toEqual([
        { node: "n1", value: "majority" },
      ]);
      expect(inCib(cluster, via, "a")).toBe("alone");
    }
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a transient value deleted from the CIB by hand is back at once", () => {
    const cluster = SimulatedCluster.ready(3, {});
    update(cluster, 1, { name: "a", value: "1" });
    cluster.request(2, "cib_delete", { xpath: "//nvpair[@id='status-1-a']" });
    cluster.run(1_000);
    expect(inCib(cluster, 3, "a")).toBe("1");
  });

  test("patterns act on known names; bad ones are refused", () => {
    const cluster = SimulatedCluster.ready(3, {});
    update(cluster, 1, { name: "ping-a", value: "1" });
    update(cluster, 1, { name: "ping-b", value: "1" });
    expect(update(cluster, 1, { name: "^ping-", isPattern: true, value: "7" })).toEqual({ ok: true });
    expect(cluster.controller(2).attributes.query("ping-b", "n1")).toEqual([{ node: "n1", value: "7" }]);
    expect(update(cluster, 1, { name: "(", isPattern: true, value: "7" })).toMatchObject({ ok: false });
  });
});

import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

/** Nodes whose daemon is of another release from its next start on. */
let upgraded = new Set<number>();

/** Three nodes of one release; n3 gets this one. */
function clusterWith(third: { featureSet?: string; changeRules?: number }): SimulatedCluster {
  upgraded = new Set();
  return SimulatedCluster.ready(
    3,
    { resources: [fenceDevice(), dummy("d1")] },
    { software: (nodeId) => (upgraded.has(nodeId) ? third : {}) },
  );
}

function upgradeThird(cluster: SimulatedCluster): void {
  cluster.controller(3).shutdown();
  cluster.until("n3 has left", () => cluster.node(3).daemon === null);
  cluster.settle();
  upgraded.add(3);
  cluster.start(3);
}

/** Why the daemon of n3 ended. */
function refusal(cluster: SimulatedCluster) {
  cluster.until("n3 has ended", () => cluster.node(3).exits.length === 2, 60_000);
  return cluster.node(3).exits.at(-1);
}

const create = (cluster: SimulatedCluster, nodeId: number, id: string) =>
  cluster.request(nodeId, "cib_create", { section: "resources", data: dummy(id) });

describe("nodes of different releases", () => {
  test("other rules for changes: the node is refused and says why, nobody is fenced, no change is lost", () => {
    const cluster = clusterWith({ changeRules: 2 });
    upgradeThird(cluster);
    expect(refusal(cluster)).toEqual({
      exitCode: 100,
      reason: expect.stringMatching(/rules of version 2, the DC by version 1: .* Install the same release/),
    });
    cluster.settle();
    expect(create(cluster, 1, "d9")).toMatchObject({ code: "ok" });
    cluster.settle();
    expect(cluster.node(3).isPowered).toBe(true);
    expect(cluster.digests()).toHaveLength(1);
    upgraded.clear();
    cluster.start(3);
    cluster.settle();
    expect(cluster.running()).toHaveLength(3);
    expect(cluster.activeOn("d9")).toHaveLength(1);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a release that does not know of such rules yet is refused, too", () => {
    const cluster = clusterWith({ changeRules: undefined });
    upgradeThird(cluster);
    expect(refusal(cluster)?.reason).toContain("rules of version 0");
  });

  test("a newer feature set and the same rules: works along, and judges changes as the DC does", () => {
    const cluster = clusterWith({ featureSet: "3.21.0" });
    upgradeThird(cluster);
    cluster.settle();
    expect(cluster.running()).toHaveLength(3);
    // Too new for the DC: were it taken where it is known, the copies would differ.
    cluster.request(3, "cib_modify", { data: '<cib crm_feature_set="3.21.0"/>' });
    cluster.settle();
    for (const nodeId of [1, 2, 3]) create(cluster, nodeId, `d1${nodeId}`);
    cluster.settle();
    expect(cluster.digests()).toHaveLength(1);
    for (const nodeId of [1, 2, 3]) expect(cluster.activeOn(`d1${nodeId}`)).toHaveLength(1);
  });

  test("another major feature set: refused by the node itself", () => {
    const cluster = clusterWith({ featureSet: "4.0.0" });
    upgradeThird(cluster);
    expect(refusal(cluster)?.reason).toContain("feature set 4.0.0");
    expect(cluster.node(3).isPowered).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, remoteConnection, SimulatedCluster } from "../../src/index.ts";

const REMOTE = 101;

const HOME = '<rsc_location id="home" rsc="d1" node="r1" score="1000"/>';

/** `d1` prefers the remote host; the connection may be on any node. */
function ready(constraints = HOME): SimulatedCluster {
  const cluster = SimulatedCluster.ready(
    3,
    {
      resources: [fenceDevice(), remoteConnection("r1"), dummy("d1"), dummy("d2")],
      more: [["constraints", `<constraints>${constraints}</constraints>`]],
    },
    { remotes: ["r1"] },
  );
  cluster.until("d1 on the remote host", () => cluster.activeOn("d1")[0] === REMOTE);
  cluster.settle();
  return cluster;
}

/** All daemons end at once: nothing is left of the status section. */
function killAll(cluster: SimulatedCluster): void {
  for (const { nodeId } of cluster.nodes) cluster.crash(nodeId);
  cluster.run(1_000);
}

describe("remote hosts in doubt: 3 nodes that have just gained quorum", () => {
  test("they look anew at what runs on a host, whatever its history says", () => {
    const cluster = ready();
    // Longer than the host itself remembers what it was asked for.
    cluster.run(120_000);
    for (const nodeId of [2, 3]) cluster.crash(nodeId);
    cluster.until("nothing is left", () => cluster.activeOn("d1").length === 0);
    cluster.run(5_000);
    // As somebody may have done who had quorum meanwhile, and died.
    cluster.remotes[0]!.services.active.add("d2");
    cluster.start();
    cluster.settle();
    expect(cluster.watch.violations).toEqual([]);
    expect(cluster.activeOn("d2")).toHaveLength(1);
  });

  test("they begin at once what the connection to a host waits for, as a host in a virtual machine has it", () => {
    const network =
      '<rsc_order id="network" first="d2" then="r1"/>' +
      '<rsc_location id="members" rsc="d2" node="r1" score="-INFINITY" resource-discovery="never"/>';
    const cluster = ready(HOME + network);
    killAll(cluster);
    cluster.start();
    cluster.until("d2 on a member", () => cluster.activeOn("d2").length === 1, 5_000);
    cluster.settle();
    expect(cluster.watch.violations).toEqual([]);
    expect(cluster.activeOn("d1")).toEqual([REMOTE]);
    expect(cluster.power.lastCutMs("r1")).toBeNull();
  });

  test("they begin nothing before a host that cannot be connected is fenced", () => {
    const cluster = ready();
    const remote = cluster.remotes[0]!;
    killAll(cluster);
    for (const { nodeId } of cluster.nodes) remote.line(nodeId).cut();
    remote.services.active.add("d2");
    cluster.start();
    cluster.until("d2 somewhere else", () => cluster.activeOn("d2").some((nodeId) => nodeId !== REMOTE));
    expect(cluster.watch.violations).toEqual([]);
    expect(cluster.power.lastCutMs("r1")).not.toBeNull();
  });
});

import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, remoteConnection, SimulatedCluster } from "../../src/index.ts";

const REMOTE = 101;

const HOME = '<rsc_location id="home" rsc="d1" node="r1" score="1000"/>';

/** Nobody may connect to the remote host. */
const NOWHERE = `<constraints>${["n1", "n2", "n3"]
  .map((node) => `<rsc_location id="not-${node}" rsc="r1" node="${node}" score="-INFINITY"/>`)
  .join("")}</constraints>`;

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

  describe("and the host cannot be connected", () => {
    /** Somebody who died had started `d2` there; the connection is changed as soon as all know that the host is in doubt. */
    function changeInDoubt(
      change: (cluster: SimulatedCluster) => void,
      constraints: string | null = null,
    ): SimulatedCluster {
      const cluster = ready();
      const remote = cluster.remotes[0]!;
      if (constraints !== null)
        cluster.request(1, "cib_modify", {
          section: "constraints",
          data: constraints,
          flags: ["can-create"],
        });
      killAll(cluster);
      for (const { nodeId } of cluster.nodes) remote.line(nodeId).cut();
      remote.services.active.add("d2");
      cluster.start();
      cluster.until("the host is in doubt", () => isInDoubt(cluster));
      expect(cluster.power.lastCutMs("r1")).toBeNull();
      change(cluster);
      return cluster;
    }

    test("its connection is disabled meanwhile: they begin nothing before it is fenced", () => {
      const cluster = changeInDoubt((cluster) =>
        cluster.request(1, "cib_modify", {
          section: "resources",
          flags: ["can-create"],
          data: '<resources><primitive id="r1"><meta_attributes id="r1-m"><nvpair id="r1-m-t" name="target-role" value="Stopped"/></meta_attributes></primitive></resources>',
        }),
      );
      cluster.until("d2 somewhere else", () => cluster.activeOn("d2").some((nodeId) => nodeId !== REMOTE));
      cluster.settle();
      expect(cluster.watch.violations).toEqual([]);
      expect(cluster.power.lastCutMs("r1")).not.toBeNull();
      expect(cluster.activeOn("d1")).toHaveLength(1);
    });

    test("its connection is removed while somebody tries to connect: they begin nothing before it is fenced", () => {
      const cluster = changeInDoubt(removeConnection);
      cluster.until("both on members", () => areOnMembers(cluster));
      cluster.settle();
      expect(cluster.watch.violations).toEqual([]);
      expect(cluster.power.lastCutMs("r1")).not.toBeNull();
    });

    test("its connection is removed before anybody tries: that is the administrator's word that nothing runs there", () => {
      const cluster = changeInDoubt((cluster) => {
        cluster.remotes[0]!.services.active.clear();
        removeConnection(cluster);
      }, NOWHERE);
      cluster.until("both on members", () => areOnMembers(cluster), 5_000);
      cluster.settle();
      expect(cluster.watch.violations).toEqual([]);
      expect(cluster.power.lastCutMs("r1")).toBeNull();
    });
  });
});

function removeConnection(cluster: SimulatedCluster): void {
  // With its constraints, and at once: without them somebody would try to connect.
  const xpath = "//rsc_location[@rsc='r1'] | //primitive[@id='r1']";
  const answer = cluster.request(1, "cib_delete", { xpath, flags: ["multiple"] });
  expect(answer).toMatchObject({ kind: "done", code: "ok" });
}

function areOnMembers(cluster: SimulatedCluster): boolean {
  return ["d1", "d2"].every((id) => cluster.activeOn(id).length === 1 && cluster.activeOn(id)[0] !== REMOTE);
}

function isInDoubt(cluster: SimulatedCluster): boolean {
  return cluster
    .running()
    .some(({ daemon }) =>
      (daemon!.node.cib.document.first("status")?.all("node_state") ?? []).some(
        (state) => state.id === "r1" && state.get("left_in_order") === "unknown",
      ),
    );
}

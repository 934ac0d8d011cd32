import { describe, test } from "vitest";
import { dummy, fenceDevice, remoteConnection, SimulatedCluster, seededRandom } from "../../src/index.ts";

/** Any of these to any machine, one after the other or all at once. The watch of the cluster looks at each event. */
function harm(cluster: SimulatedCluster, draw: (below: number) => number): void {
  const running = cluster.running();
  const victim = running[draw(running.length)]?.nodeId;
  const remote = cluster.remote("r1");
  switch (draw(9)) {
    case 0:
      if (victim !== undefined && running.length > 2) cluster.crash(victim);
      return;
    case 1:
      if (victim !== undefined && running.length > 2) cluster.killDaemon(victim);
      return;
    case 2:
      cluster.crashRemote("r1");
      return;
    case 3:
      if (victim !== undefined && running.length > 2) cluster.freeze(victim);
      return;
    case 4:
      remote.services.breakResource(draw(2) === 0 ? "d1" : "d2");
      return;
    case 5:
      remote.clock.freeze();
      return;
    case 6:
      remote.clock.thaw();
      for (const { nodeId } of cluster.nodes) cluster.thaw(nodeId);
      return;
    case 7:
      remote.services.durationMs = [40, 500, 2_000, 4_000][draw(4)]!;
      return;
    case 8:
      cluster.power.delayMs = [300, 3_000, 20_000][draw(3)]!;
      return;
  }
}

function play(seed: number): void {
  const random = seededRandom(seed);
  const draw = (below: number) => random.uint32() % below;
  const cluster = SimulatedCluster.ready(
    3,
    {
      resources: [
        fenceDevice(),
        remoteConnection("r1", draw(2) === 0 ? {} : { reconnect_interval: "20s" }),
        dummy("d1"),
        dummy("d2"),
      ],
      more: [
        [
          "constraints",
          '<constraints><rsc_location id="l1" rsc="d1" node="r1" score="1000"/><rsc_location id="l2" rsc="d2" node="r1" score="500"/></constraints>',
        ],
      ],
    },
    { remotes: ["r1"], rebootMs: 3_000, respawnMs: 1_000, seed },
  );
  for (let count = 4 + draw(8); count > 0; count -= 1) {
    harm(cluster, draw);
    cluster.run([0, 5, 50, 300, 2_000, 12_000, 40_000][draw(7)]!);
  }
  cluster.remote("r1").clock.thaw();
  for (const { nodeId } of cluster.nodes) cluster.thaw(nodeId);
  cluster.remote("r1").services.durationMs = 40;
  cluster.power.delayMs = 300;
  cluster.run(5_000);
  for (const machine of cluster.nodes) if (machine.daemon === null) cluster.start(machine.nodeId);
  cluster.startRemote("r1");
  cluster.until(
    "both resources to run once, and nothing left to do",
    () => cluster.isSettled() && ["d1", "d2"].every((resource) => cluster.activeOn(resource).length === 1),
    900_000,
  );
  cluster.settle();
  if (cluster.digests().length !== 1) throw new Error("replicas differ");
}

describe("remote nodes under faults drawn from a seed: nothing runs twice, and all is well afterwards", () => {
  test.each(Array.from({ length: 12 }, (_, index) => index + 1))("seed %i", (seed) => play(seed));
});

import { describe, expect, test } from "vitest";
import { dummy, fenceDevice, SimulatedCluster } from "../../src/index.ts";

/** What one node is told of the controller of another. */
function ask(cluster: SimulatedCluster, via: number, node: string): () => unknown {
  let answer: unknown = null;
  cluster.controller(via).stateOf(node, (result) => {
    answer = result;
  });
  return () => answer;
}

describe("asking what the controller of a node is doing", () => {
  test("the node itself answers: a DC that is at work is not idle", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const [leader, follower] = [cluster.leader(), cluster.follower()];
    const idle = ask(cluster, follower, `n${leader}`);
    const other = ask(cluster, leader, String(follower));
    cluster.run(100);
    expect([idle(), other()]).toEqual([
      { ok: true, state: "S_IDLE" },
      { ok: true, state: "S_NOT_DC" },
    ]);

    cluster.request(leader, "cib_modify", {
      section: "resources",
      data: `<resources>${dummy("d2")}</resources>`,
    });
    cluster.until("a transition", () => cluster.controller(leader).status().state === "S_TRANSITION_ENGINE");
    const busy = ask(cluster, follower, `n${leader}`);
    cluster.until("an answer", () => busy() !== null);
    expect(busy()).toEqual({ ok: true, state: "S_TRANSITION_ENGINE" });
  });

  test("nobody waits for a node that is not there, or goes before it answers", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice()] });
    const [leader, follower] = [cluster.leader(), cluster.follower()];
    expect(ask(cluster, leader, "nobody")()).toMatchObject({ ok: false, code: "notFound" });
    cluster.freeze(follower);
    const asked = ask(cluster, leader, `n${follower}`);
    cluster.until("an answer", () => asked() !== null, 60_000);
    expect(asked()).toMatchObject({ ok: false, code: "notReady" });
    expect(ask(cluster, leader, `n${follower}`)()).toMatchObject({ ok: false, code: "notReady" });
  });
});

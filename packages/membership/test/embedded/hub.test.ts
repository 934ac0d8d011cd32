import type { NodeId } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import {
  COROSYNC_LIKE_TIMING,
  configureQuorum,
  formatRing,
  type MemoryEngine,
  QUORUM_DEFAULTS,
} from "../../src/index.ts";
import { type MemoryCluster, memoryCluster } from "../cluster.ts";

interface Watched {
  readonly engine: MemoryEngine;
  readonly node: NodeId;
  /** As in the specification's recordings: `confchg 1,2 left 3/nodedown`. Processes are written as their nodes. */
  events: string[];
}

function watch(cluster: MemoryCluster, node: NodeId): Watched {
  const watched: Watched = { engine: cluster.engine(node), node, events: [] };
  const { engine } = watched;
  const say = (text: string): void => void watched.events.push(text);
  engine.connect({
    connected: () => void engine.join("g"),
    delivered: (from, message) => say(`deliver ${from.nodeId}#${new TextDecoder().decode(message)}`),
    configurationChanged: ({ members, left, joined }) =>
      say(
        [
          `confchg ${members.map((member) => member.nodeId)}`,
          ...left.map((one) => `left ${one.nodeId}/${one.reason}`),
          ...joined.map((one) => `joined ${one.nodeId}/${one.reason}`),
        ].join(" "),
      ),
    ringChanged: (ring, nodes) => say(`ring ${formatRing(ring)} ${nodes}`),
    quorumChanged: (update) => say(`quorum ${update.isQuorate ? "yes" : "no"}`),
    lost: (reason) => say(`lost ${reason}`),
  });
  return watched;
}

function send(watched: Watched, text: string): void {
  expect(watched.engine.multicast(new TextEncoder().encode(text))).toBe("ok");
}

/** Three nodes in one ring with a client each; what happened so far is forgotten. */
function threeClients(): { cluster: MemoryCluster; clients: [Watched, Watched, Watched] } {
  const cluster = memoryCluster(3);
  cluster.clock.advance(5000);
  const clients: [Watched, Watched, Watched] = [watch(cluster, 1), watch(cluster, 2), watch(cluster, 3)];
  cluster.clock.advance(100);
  for (const client of clients) client.events = [];
  return { cluster, clients };
}

describe("recorded sequences of Corosync (embedded engine, 5)", () => {
  test("5.1 clients join one after another", () => {
    const cluster = memoryCluster(3);
    cluster.clock.advance(5000);
    const ring = `ring ${formatRing(cluster.hub.status()[0]!.quorum!.ring)} 1,2,3`;
    const one = watch(cluster, 1);
    cluster.clock.advance(10);
    const two = watch(cluster, 2);
    cluster.clock.advance(10);
    expect(one.events).toEqual(["confchg 1 joined 1/join", ring, "quorum yes", "confchg 1,2 joined 2/join"]);
    expect(two.events).toEqual(["confchg 1,2 joined 2/join", ring, "quorum yes"]);
  });

  test("5.2 and 5.3 partition and merge: silence, then messages of the gap in the new ring", () => {
    const { cluster, clients } = threeClients();
    const [one, two, three] = clients;
    cluster.hub.partition([[1, 2], [3]]);
    send(one, "a");
    send(two, "b");
    send(three, "c");
    cluster.clock.advance(1900);
    expect(clients.map((client) => client.events)).toEqual([[], [], []]);
    cluster.clock.advance(400);
    expect(one.events.slice(0, 2)).toEqual([
      "confchg 1,2 left 3/nodeDown",
      expect.stringMatching(/^ring 1\..* 1,2$/),
    ]);
    expect(one.events[2]).toBe("quorum yes");
    expect(one.events.slice(3).sort()).toEqual(["deliver 1#a", "deliver 2#b"]);
    expect(two.events).toEqual(one.events);
    expect(three.events).toEqual([
      "confchg 3 left 1/nodeDown left 2/nodeDown",
      expect.stringMatching(/^ring 3\..* 3$/),
      "quorum no",
      "deliver 3#c",
    ]);
    for (const client of clients) client.events = [];
    cluster.hub.heal();
    cluster.clock.advance(2000);
    expect(one.events).toEqual([
      "confchg 1,2,3 joined 3/nodeUp",
      expect.stringMatching(/^ring 1\..* 1,2,3$/),
      "quorum yes",
    ]);
    expect(three.events).toEqual(["confchg 1,2,3 joined 1/nodeUp joined 2/nodeUp", ...one.events.slice(1)]);
  });

  test("5.4 a killed client is gone at once, without a ring change", () => {
    const { cluster, clients } = threeClients();
    clients[2].engine.close();
    cluster.clock.advance(10);
    expect(clients[0].events).toEqual(["confchg 1,2 left 3/processDown"]);
    expect(clients[2].events).toEqual([]);
  });

  test("5.5 a killed engine: lost there at once, gone elsewhere after the detection time; back without a client", () => {
    const { cluster, clients } = threeClients();
    cluster.hub.killNode(2);
    cluster.clock.advance(15);
    expect(clients[1].events).toEqual(["lost the engine was killed"]);
    expect(clients[0].events).toEqual([]);
    cluster.clock.advance(2300);
    expect(clients[0].events).toEqual([
      "confchg 1,3 left 2/nodeDown",
      expect.stringMatching(/^ring 1\..* 1,3$/),
      "quorum yes",
    ]);
    clients[0].events = [];
    cluster.hub.startNode(2);
    cluster.clock.advance(3000);
    expect(clients[0].events).toEqual([expect.stringMatching(/^ring 1\..* 1,2,3$/), "quorum yes"]);
  });

  test("5.6 a clean stop: the client first, then the node, without waiting for time-outs", () => {
    const { cluster, clients } = threeClients();
    cluster.hub.stopNode(3);
    cluster.clock.advance(200);
    expect(clients[0].events).toEqual([
      "confchg 1,2 left 3/processDown",
      expect.stringMatching(/^ring 1\..* 1,2$/),
      "quorum yes",
    ]);
  });
});

describe("nodes", () => {
  test("P18: a starting node is alone before it is in any other ring", () => {
    const cluster = memoryCluster(2);
    const seen = new Set<string>();
    for (let ms = 0; ms < 4000; ms++) {
      cluster.clock.advance(1);
      for (const { nodeId, quorum } of cluster.hub.status())
        if (quorum !== null) seen.add(`${nodeId}: ${quorum.members.map((member) => member.nodeId)}`);
    }
    expect([...seen].sort()).toEqual(["1: 1", "1: 1,2", "2: 1,2", "2: 2"]);
  });

  test("a pause shorter than the detection time is not noticed, a longer one splits and merges", () => {
    const { cluster, clients } = threeClients();
    cluster.hub.pauseNode(3);
    cluster.clock.advance(1500);
    cluster.hub.resumeNode(3);
    cluster.clock.advance(5000);
    expect(clients.map((client) => client.events)).toEqual([[], [], []]);
    cluster.hub.pauseNode(3);
    cluster.clock.advance(5000);
    expect(clients[0].events[0]).toBe("confchg 1,2 left 3/nodeDown");
    expect(clients[2].events).toEqual([]);
    cluster.hub.resumeNode(3);
    cluster.clock.advance(5000);
    expect(clients[2].events.filter((event) => event.startsWith("confchg"))).toEqual([
      "confchg 3 left 1/nodeDown left 2/nodeDown",
      "confchg 1,2,3 joined 1/nodeUp joined 2/nodeUp",
    ]);
  });

  test("a node that went through another ring is seen to go and come, even if a ring change was abandoned", () => {
    let abandonedCount = 0;
    for (let seed = 0; seed < 40; seed++) {
      const cluster = memoryCluster(3, {
        seed,
        timing: {
          ...COROSYNC_LIKE_TIMING,
          lossDetection: { minMs: 100, maxMs: 100 },
          merge: { minMs: 50, maxMs: 50 },
          synchronization: { minMs: 1, maxMs: 1000 },
        },
      });
      cluster.clock.advance(8000);
      const one = watch(cluster, 1);
      const three = watch(cluster, 3);
      cluster.clock.advance(5000);
      one.events = [];
      three.events = [];
      cluster.hub.partition([[1, 2], [3]]);
      cluster.clock.advance(200);
      cluster.hub.heal();
      cluster.clock.advance(5000);
      const changes = (watched: Watched): string[] =>
        watched.events.filter((event) => event.startsWith("confchg"));
      const rings = one.events.filter((event) => event.startsWith("ring"));
      if (rings.length === 1) abandonedCount += 1;
      expect(changes(one)).toEqual(["confchg 1 left 3/nodeDown", "confchg 1,3 joined 3/nodeUp"]);
      expect(changes(three)).toEqual(["confchg 3 left 1/nodeDown", "confchg 1,3 joined 1/nodeUp"]);
    }
    expect(abandonedCount).toBeGreaterThan(0);
  });

  test("non-transitive links lead to lasting rings of nodes that reach each other", () => {
    const { cluster } = threeClients();
    cluster.hub.setLink(1, 3, false);
    cluster.clock.advance(10_000);
    const rings = (): string[] =>
      cluster.hub.status().map((node) => `${node.quorum?.members.map((member) => member.nodeId)}`);
    expect(rings()).toEqual(["1,2", "1,2", "3"]);
    cluster.clock.advance(60_000);
    expect(rings()).toEqual(["1,2", "1,2", "3"]);
  });

  test("a client of a node that does not run is lost; one of a starting node waits", () => {
    const cluster = memoryCluster(1);
    const early = watch(cluster, 1);
    cluster.clock.advance(1000);
    expect(early.events).toEqual(["confchg 1 joined 1/join", expect.stringMatching(/^ring/), "quorum yes"]);
    cluster.hub.killNode(1);
    const late = watch(cluster, 1);
    cluster.clock.advance(1000);
    expect(late.events).toEqual(["lost the engine of node 1 does not run"]);
  });

  test("expected votes are set for the whole ring, and refused when quorum would go", () => {
    const { cluster, clients } = threeClients();
    expect(clients[0].engine.setExpectedVotes(9)).toBe("invalid");
    expect(clients[0].engine.setExpectedVotes(5)).toBe("ok");
    cluster.clock.advance(10);
    expect(clients[2].engine.quorumStatus()).toMatchObject({ expectedVotes: 5, quorum: 3, isQuorate: true });
    expect(cluster.hub.setVotes(1, 2, 3)).toBe("ok");
    cluster.clock.advance(10);
    expect(clients[2].engine.quorumStatus()).toMatchObject({ totalVotes: 5, quorum: 3 });
  });

  test("a reload changes the quorum of the whole ring", () => {
    const { cluster, clients } = threeClients();
    const plain = configureQuorum({ ...QUORUM_DEFAULTS, expectedVotes: 5 }, cluster.hub.nodeList);
    if (!plain.ok) throw new Error(plain.errors.join());
    cluster.hub.reload(2, plain.settings);
    cluster.clock.advance(10);
    for (const { engine } of clients)
      expect(engine.quorumStatus()).toMatchObject({ expectedVotes: 5, quorum: 3, isQuorate: true });
    cluster.hub.killNode(3);
    cluster.clock.advance(10_000);
    expect(clients[0].engine.quorumStatus()).toMatchObject({ totalVotes: 2, isQuorate: false });
  });

  test("a receiver that throws disturbs neither the others nor its own next events", () => {
    const cluster = memoryCluster(1);
    cluster.clock.advance(1000);
    const other = watch(cluster, 1);
    const engine = cluster.engine(1);
    const seen: string[] = [];
    engine.connect({
      connected: () => void engine.join("g"),
      delivered: () => {
        seen.push("message");
        throw new Error("defect");
      },
      configurationChanged() {},
      ringChanged() {},
      quorumChanged() {},
      lost() {},
    });
    cluster.clock.advance(10);
    send(other, "1");
    send(other, "2");
    for (let round = 0; round < 5; round++)
      try {
        cluster.clock.advance(10);
      } catch (error) {
        expect(error).toEqual(new Error("defect"));
      }
    expect(seen).toEqual(["message", "message"]);
    expect(other.events.filter((event) => event.startsWith("deliver"))).toHaveLength(2);
  });
});

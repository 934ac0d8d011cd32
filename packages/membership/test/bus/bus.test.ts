import type { Channel, Engine, JsonObject, Log, MembershipView, NodeId } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { BUS_LIMITS, Bus, type BusLimits } from "../../src/index.ts";
import { type MemoryCluster, memoryCluster } from "../cluster.ts";

interface Daemon {
  readonly bus: Bus;
  readonly channel: Channel;
  /** In the order of arrival: `NAME: BODY`, `view ...`, `lost ...`. */
  readonly history: string[];
  readonly views: MembershipView[];
  readonly bodies: JsonObject[];
}

type Equip = (engine: Engine, nodeId: NodeId) => Engine;

function startDaemon(
  cluster: MemoryCluster,
  nodeId: NodeId,
  limits: Partial<BusLimits> = {},
  equip: Equip = (engine) => engine,
): Daemon {
  const history: string[] = [];
  const views: MembershipView[] = [];
  const bodies: JsonObject[] = [];
  const log: Log = (level, message) => void history.push(`${level} ${message}`);
  const bus = new Bus({
    engine: equip(cluster.engine(nodeId), nodeId),
    group: "quorate",
    clock: cluster.clock,
    log,
    limits: { ...BUS_LIMITS, ...limits },
  });
  const channel = bus.channel("test");
  channel.subscribe({
    message(from, body) {
      bodies.push(body);
      history.push(`${from.name}: ${describeBody(body)}`);
    },
    membership(view) {
      views.push(view);
      history.push(describeView(view));
    },
    lost: (reason) => void history.push(`lost ${reason}`),
  });
  bus.start({ connected() {}, lost() {} });
  return { bus, channel, history, views, bodies };
}

function describeBody(body: JsonObject): string {
  const text = JSON.stringify(body);
  return text.length < 60 ? text : `${text.length} characters`;
}

function describeView(view: MembershipView): string {
  const names = (list: readonly { name: string; reason?: string }[]): string =>
    list
      .map((entry) => (entry.reason === undefined ? entry.name : `${entry.name}/${entry.reason}`))
      .join(" ");
  return `view ${names(view.members)} of ring ${view.ringNodes.map((node) => node.name).join(" ")}, joined ${names(view.joined)}, left ${names(view.left)}, ${view.isQuorate ? "quorate" : "inquorate"}`;
}

/** A settled cluster with one daemon on each node. */
function daemons(
  count: number,
  limits: Partial<BusLimits> = {},
  equip?: Equip,
): { cluster: MemoryCluster; all: Daemon[] } {
  const cluster = memoryCluster(count);
  cluster.clock.advance(5000);
  const all: Daemon[] = [];
  for (let nodeId = 1; nodeId <= count; nodeId++) {
    all.push(startDaemon(cluster, nodeId, limits, equip));
    cluster.clock.advance(100);
  }
  for (const daemon of all) daemon.history.length = 0;
  return { cluster, all };
}

describe("views", () => {
  test("a daemon sees all members as joined at first, others see it join", () => {
    const cluster = memoryCluster(3);
    cluster.clock.advance(5000);
    const first = startDaemon(cluster, 1);
    cluster.clock.advance(100);
    const second = startDaemon(cluster, 2);
    cluster.clock.advance(100);
    expect(first.history).toEqual([
      "view n1 of ring n1 n2 n3, joined n1/join, left , quorate",
      "view n1 n2 of ring n1 n2 n3, joined n2/join, left , quorate",
    ]);
    expect(second.history).toEqual(["view n1 n2 of ring n1 n2 n3, joined n1/join n2/join, left , quorate"]);
  });

  test("partition and merge: one view each, with ring and quorum", () => {
    const { cluster, all } = daemons(3);
    cluster.hub.partition([[1, 2], [3]]);
    cluster.clock.advance(5000);
    cluster.hub.heal();
    cluster.clock.advance(5000);
    expect(all[0]!.history).toEqual([
      "view n1 n2 of ring n1 n2, joined , left n3/nodeDown, quorate",
      "view n1 n2 n3 of ring n1 n2 n3, joined n3/nodeUp, left , quorate",
    ]);
    expect(all[2]!.history).toEqual([
      "view n3 of ring n3, joined , left n1/nodeDown n2/nodeDown, inquorate",
      "view n1 n2 n3 of ring n1 n2 n3, joined n1/nodeUp n2/nodeUp, left , quorate",
    ]);
    expect(all[0]!.views.at(-1)).toEqual({ ...all[2]!.views.at(-1)!, joined: all[0]!.views.at(-1)!.joined });
  });

  test("the node of a killed engine leaves; a ring change without daemons is a view, too", () => {
    const { cluster, all } = daemons(2);
    cluster.hub.killNode(2);
    cluster.clock.advance(5000);
    cluster.hub.startNode(2);
    cluster.clock.advance(5000);
    expect(all[1]!.history).toEqual(["lost the engine was killed"]);
    expect(all[0]!.history).toEqual([
      "view n1 of ring n1, joined , left n2/nodeDown, inquorate",
      "view n1 of ring n1 n2, joined , left , quorate",
    ]);
  });

  test("a second daemon of a node replaces the first, which is evicted", () => {
    const { cluster, all } = daemons(2);
    const again = startDaemon(cluster, 2);
    cluster.clock.advance(100);
    expect(all[1]!.history.at(-1)).toBe("lost the local node was evicted from group quorate");
    expect(all[0]!.history).toEqual([
      "view n1 n2 of ring n1 n2, joined n2/join, left n2/processDown, quorate",
    ]);
    again.channel.send({ hello: 1 });
    cluster.clock.advance(100);
    expect(all[0]!.history.at(-1)).toBe('n2: {"hello":1}');
  });

  test("stop sends what waits, then leaves", () => {
    const { cluster, all } = daemons(2);
    let isStopped = false;
    all[1]!.channel.send({ last: "word" });
    all[1]!.bus.stop(() => {
      isStopped = true;
    });
    cluster.clock.advance(100);
    expect(isStopped).toBe(true);
    expect(all[0]!.history).toEqual([
      'n2: {"last":"word"}',
      "view n1 of ring n1 n2, joined , left n2/leave, quorate",
    ]);
    expect(all[1]!.history).toEqual([]);
  });
});

describe("messages", () => {
  test("all see the same order over all channels, the sender included", () => {
    const { cluster, all } = daemons(3);
    for (let index = 0; index < 20; index++) for (const daemon of all) daemon.channel.send({ index });
    cluster.clock.advance(1000);
    expect(all[0]!.history).toHaveLength(60);
    expect(all[1]!.history).toEqual(all[0]!.history);
    expect(all[2]!.history).toEqual(all[0]!.history);
  });

  test("a message to one node reaches that one only", () => {
    const { cluster, all } = daemons(3);
    all[0]!.channel.send({ for: "n2" }, 2);
    cluster.clock.advance(100);
    expect(all.map((daemon) => daemon.history)).toEqual([[], ['n1: {"for":"n2"}'], []]);
  });

  test("under load messages go together, each to whom it is for; the answers to them, too", () => {
    const sent = [0, 0, 0];
    const { cluster, all } = daemons(3, {}, (engine, nodeId) => {
      const multicast = engine.multicast.bind(engine);
      engine.multicast = (message) => {
        sent[nodeId - 1]! += 1;
        return multicast(message);
      };
      return engine;
    });
    sent.fill(0);
    const second = all[1]!;
    const remember = second.bodies.push.bind(second.bodies);
    second.bodies.push = (body) => {
      if (body.to === 0) second.channel.send({ answerTo: body.number! }, 1);
      return remember(body);
    };
    for (let number = 0; number < 300; number++) {
      const to = number % 4;
      all[0]!.channel.send({ number, to }, to);
    }
    cluster.clock.advance(1000);
    const got = all.map(({ bodies }) =>
      bodies.flatMap(({ number, to }) => (number === undefined ? [] : [[number, to]])),
    );
    for (const [index, messages] of got.entries()) {
      expect(messages).toHaveLength(150);
      for (const [, to] of messages) expect([0, index + 1]).toContain(to);
      const numbers = messages.map(([number]) => number as number);
      expect(numbers).toEqual([...numbers].sort((left, right) => left - right));
    }
    expect(all[0]!.bodies.filter((body) => body.answerTo !== undefined)).toHaveLength(75);
    expect(sent[0]!).toBeLessThan(50);
    expect(sent[1]!).toBeLessThan(20);
  });

  test("a message before the first view follows it", () => {
    const cluster = memoryCluster(1);
    const daemon = startDaemon(cluster, 1);
    daemon.channel.send({ early: true });
    cluster.clock.advance(1000);
    expect(daemon.history).toEqual([
      "view n1 of ring n1, joined n1/join, left , quorate",
      'n1: {"early":true}',
    ]);
  });

  test("a large message arrives whole, in order with the small ones", () => {
    const { cluster, all } = daemons(2);
    const text = "ä".repeat(3_000_000);
    all[0]!.channel.send({ before: 1 });
    all[0]!.channel.send({ text });
    all[0]!.channel.send({ after: 1 });
    cluster.clock.advance(2000);
    for (const daemon of all) {
      expect(daemon.bodies.map((body) => Object.keys(body)[0])).toEqual(["before", "text", "after"]);
      expect(daemon.bodies[1]!.text === text).toBe(true);
    }
  });

  test("a large message that is cut by a join arrives once at all members, the newcomer included", () => {
    let cutCount = 0;
    for (let delayMs = 0; delayMs < 2; delayMs += 0.05) {
      const cluster = memoryCluster(3, { seed: Math.round(delayMs * 100) });
      cluster.clock.advance(5000);
      const sender = startDaemon(cluster, 1, { pieceBytes: 100 });
      const other = startDaemon(cluster, 2);
      cluster.clock.advance(100);
      sender.channel.send({ text: "x".repeat(2000) });
      sender.channel.send({ after: 1 });
      cluster.clock.advance(delayMs);
      const newcomer = startDaemon(cluster, 3);
      cluster.clock.advance(1000);
      const expected = ["n1: 2011 characters", 'n1: {"after":1}'];
      const messages = (daemon: Daemon): string[] => daemon.history.filter((line) => line.startsWith("n1"));
      expect(messages(sender)).toEqual(expected);
      expect(messages(other)).toEqual(expected);
      const joinAt = sender.history.findIndex((line) => line.includes("joined n3"));
      expect(messages(newcomer)).toEqual(messages({ ...sender, history: sender.history.slice(joinAt) }));
      if (messages(newcomer).length === 2) cutCount += 1;
    }
    expect(cutCount).toBeGreaterThan(0);
  });

  test("a large message that is cut by a merge arrives once at all members", () => {
    for (let delayMs = 0; delayMs < 20; delayMs += 0.5) {
      const { cluster, all } = daemons(3, { pieceBytes: 100 });
      cluster.hub.partition([[1, 2], [3]]);
      cluster.clock.advance(3000);
      cluster.hub.heal();
      cluster.clock.advance(480 + delayMs * 30);
      for (const daemon of all) daemon.history.length = 0;
      all[0]!.channel.send({ text: "x".repeat(9_000) });
      all[0]!.channel.send({ after: 1 });
      cluster.clock.advance(5000);
      const [first, second, third] = all.map((daemon) =>
        daemon.history.filter((line) => line.startsWith("n1: ")),
      );
      expect(first).toEqual(["n1: 9011 characters", 'n1: {"after":1}']);
      expect(second).toEqual(first);
      expect(third!.length === 0 || third!.join() === first!.join() || third!.join() === first![1]).toBe(
        true,
      );
      // Whoever has the view in which the message was delivered has the message.
      const viewAt = (daemon: Daemon): string =>
        daemon.history
          .slice(0, daemon.history.indexOf(first![0]!))
          .filter((line) => line.startsWith("view"))
          .at(-1) ?? "";
      if (viewAt(all[0]!).includes("n3")) expect(third).toEqual(first);
    }
  });

  test("too many waiting messages end the bus instead of losing one", () => {
    const { cluster, all } = daemons(2, { waitingCountMax: 10 });
    cluster.hub.partition([[1], [2]]);
    for (let index = 0; index < 1020; index++) all[0]!.channel.send({ index });
    cluster.clock.advance(1);
    expect(all[0]!.history.at(-1)).toMatch(/^lost too many messages wait/);
  });
});

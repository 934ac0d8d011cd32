import { createConnection, createServer, type Socket } from "node:net";
import type { Engine, EngineEvents, Log } from "@quorate/ports";
import { afterEach, describe, expect, test } from "vitest";
import { sessionMac } from "../../src/embedded/authentication.ts";
import { encodeWireFrame, FrameType } from "../../src/embedded/wire.ts";
import {
  configureQuorum,
  connectToHub,
  DEMO_TIMING,
  ENGINE_LIMITS,
  type HubServer,
  type HubServerOptions,
  LIVENESS_TIMING,
  type LivenessTiming,
  QUORUM_DEFAULTS,
  startHub,
} from "../../src/index.ts";
import { nodesNamed } from "../cluster.ts";
import { realClock } from "../real-clock.ts";
import { seededRandom } from "../virtual-clock.ts";

const KEY = Buffer.alloc(32, 7);
const running: { close(): unknown }[] = [];

afterEach(async () => {
  for (const thing of running.splice(0).reverse()) await thing.close();
});

async function hubOf(
  nodeCount: number,
  overrides: Partial<HubServerOptions> = {},
): Promise<{ server: HubServer; log: string[] }> {
  const nodeList = nodesNamed(nodeCount);
  const quorum = configureQuorum(QUORUM_DEFAULTS, nodeList);
  if (!quorum.ok) throw new Error("quorum");
  const log: string[] = [];
  const server = await startHub({
    clusterName: "demo",
    nodeList,
    quorum: quorum.settings,
    timing: DEMO_TIMING,
    limits: ENGINE_LIMITS,
    sequences: { load: () => 0, save() {} },
    clock: realClock,
    random: seededRandom(1),
    log: (level, message) => void log.push(`${level}: ${message}`),
    key: KEY,
    port: 0,
    ...overrides,
  });
  running.push(server);
  return { server, log };
}

interface Watched {
  readonly engine: Engine;
  readonly events: string[];
}

async function client(
  port: number,
  nodeName: string,
  options: { key?: Uint8Array; liveness?: LivenessTiming } = {},
): Promise<Watched> {
  const events: string[] = [];
  const log: Log = () => {};
  const engine = await connectToHub({
    port,
    key: options.key ?? KEY,
    nodeName,
    clock: realClock,
    log,
    liveness: options.liveness ?? LIVENESS_TIMING,
  });
  const recorder: EngineEvents = {
    connected: () => {
      events.push("connected");
      engine.join("g");
    },
    delivered: (from, message) => void events.push(`${from.nodeId}: ${Buffer.from(message).toString()}`),
    configurationChanged: ({ members, left, joined }) =>
      void events.push(
        `members ${members.map((member) => member.nodeId)} left ${left.map((one) => `${one.nodeId}/${one.reason}`)} joined ${joined.map((one) => `${one.nodeId}/${one.reason}`)}`,
      ),
    ringChanged: (_, nodes) => void events.push(`ring ${nodes}`),
    quorumChanged: (update) => void events.push(`quorum ${update.isQuorate}`),
    lost: (reason) => void events.push(`lost ${reason}`),
  };
  engine.connect(recorder);
  running.push(engine);
  return { engine, events };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error("it did not come about within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function silentSocket(port: number): Promise<{ socket: Socket; isClosed: () => boolean }> {
  const socket = createConnection({ host: "127.0.0.1", port });
  let isClosed = false;
  socket.on("close", () => {
    isClosed = true;
  });
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  running.push({ close: () => socket.destroy() });
  return { socket, isClosed: () => isClosed };
}

describe("clients of a hub", () => {
  test("join, send in one order, see a partition and a merge", async () => {
    const { server } = await hubOf(2);
    const a = await client(server.port, "n1");
    const b = await client(server.port, "n2");
    await until(
      () => a.events.includes("ring 1,2") && b.events.some((event) => event.startsWith("ring 1,2")),
    );
    await until(() => a.engine.quorumStatus()?.totalVotes === 2);
    expect(a.engine.localNodeId).toBe(1);
    expect(a.engine.nodeList.map((node) => node.name)).toEqual(["n1", "n2"]);
    for (let index = 0; index < 50; index++) {
      expect(a.engine.multicast(Buffer.from(`a${index}`))).toBe("ok");
      expect(b.engine.multicast(Buffer.from(`b${index}`))).toBe("ok");
    }
    const messages = (watched: Watched): string[] => watched.events.filter((event) => /^\d: /.test(event));
    await until(() => messages(a).length === 100 && messages(b).length === 100);
    expect(messages(a)).toEqual(messages(b));
    server.hub.partition([[1], [2]]);
    await until(() => a.events.at(-1) === "quorum false" && b.events.at(-1) === "quorum false");
    server.hub.heal();
    await until(() => a.events.at(-1) === "quorum true" && b.events.at(-1) === "quorum true");
    expect(a.events.slice(-6)).toEqual([
      "members 1 left 2/nodeDown joined ",
      "ring 1",
      "quorum false",
      "members 1,2 left  joined 2/nodeUp",
      "ring 1,2",
      "quorum true",
    ]);
  });

  test("the largest message passes, a larger one is refused, the bounds of the backlog hold", async () => {
    const { server } = await hubOf(1);
    const a = await client(server.port, "n1");
    await until(() => a.events.includes("quorum true"));
    const large = new Uint8Array(a.engine.messageSizeMax).fill(120);
    expect(a.engine.multicast(new Uint8Array(large.length + 1))).toBe("tooBig");
    let accepted = 0;
    while (a.engine.multicast(large) === "ok") accepted += 1;
    expect(accepted).toBe(9);
    const messages = (): number => a.events.filter((event) => event.startsWith("1: ")).length;
    await until(() => messages() === accepted);
    expect(a.events.at(-1)).toHaveLength(3 + large.length);
    expect(a.engine.multicast(large)).toBe("ok");
  });

  test("the death of a client is seen in the group; the node stays", async () => {
    const { server } = await hubOf(2);
    const a = await client(server.port, "n1");
    const b = await client(server.port, "n2");
    await until(() => a.events.some((event) => event.startsWith("members 1,2")));
    b.engine.close();
    await until(() => a.events.at(-1) === "members 1 left 2/processDown joined ");
    expect(server.hub.status()[1]!.state).toBe("running");
  });

  test("an engine that lives with its client: a vanished client is a lost node, one that left is a stopped one", async () => {
    const { server } = await hubOf(3, { isEngineOfClient: true });
    const a = await client(server.port, "n1");
    const b = await client(server.port, "n2");
    const c = await client(server.port, "n3");
    await until(() => [a, b, c].every((one) => one.events.includes("ring 1,2,3")));
    a.events.length = 0;
    b.engine.close();
    await until(() => a.events.length >= 3);
    expect(a.events).toEqual(["members 1,3 left 2/nodeDown joined ", "ring 1,3", "quorum true"]);
    a.events.length = 0;
    c.engine.leave();
    c.engine.close();
    await until(() => a.events.length >= 3);
    expect(a.events).toEqual(["members 1 left 3/leave joined ", "ring 1", "quorum false"]);
    expect(server.hub.status().map((node) => node.state)).toEqual(["running", "down", "down"]);
  });

  test("a client that falls silent counts as a dead node, and finds its connection lost", async () => {
    const { server, log } = await hubOf(2, { liveness: { pingMs: 50, silenceMs: 200 } });
    const a = await client(server.port, "n1", { liveness: { pingMs: 3_600_000, silenceMs: 3_600_000 } });
    await until(() => a.events.some((event) => event.startsWith("lost ")));
    expect(log.some((line) => line.includes("node n1") && line.includes("no sign of life"))).toBe(true);
    expect(server.hub.status()[0]!.state).toBe("down");
  });

  test("the end of the hub is lost at all clients, once", async () => {
    const { server } = await hubOf(2);
    const a = await client(server.port, "n1");
    const b = await client(server.port, "n2");
    await until(() => a.events.includes("connected") && b.events.includes("connected"));
    await server.close();
    await until(() => [a, b].every((one) => one.engine.status === "lost"));
    for (const one of [a, b]) {
      expect(one.events.filter((event) => event.startsWith("lost"))).toHaveLength(1);
      expect(one.engine.multicast(new Uint8Array(1))).toBe("lost");
      expect(one.engine.join("g")).toBe("lost");
      expect(one.engine.quorumStatus()).toBeNull();
    }
  });
});

describe("strangers", () => {
  test("a wrong key is refused on both sides with a reason", async () => {
    const { server, log } = await hubOf(1);
    const a = await client(server.port, "n1", { key: Buffer.alloc(32, 8) });
    await until(() => a.events.length > 0);
    expect(a.events).toEqual(["lost the hub refused this node: its key is not the key of this hub"]);
    expect(log.some((line) => line.startsWith("warning") && line.includes("its key is not"))).toBe(true);
    expect(server.hub.status()[0]!.state).toBe("down");
  });

  test("an unknown node is refused by name", async () => {
    const { server } = await hubOf(1);
    const a = await client(server.port, "other");
    await until(() => a.events.length > 0);
    expect(a.events).toEqual(['lost the hub refused this node: node "other" is not in the node list']);
  });

  test.each([
    ["text", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a huge length", "\xff\xff\xff\xff\x02"],
    ["an empty frame", "\x00\x00\x00\x00\x00\x00"],
    ["a request before the proof", "\x00\x00\x00\x02\x14g"],
    ["a proof of zeroes", `\x00\x00\x00\x47\x02\x00\x01${"\x00".repeat(67)}n1`],
    ["another version", `\x00\x00\x00\x47\x02\x00\x09${"\x00".repeat(67)}n1`],
  ])("%s on the port closes the connection and leaves a line in the log", async (_, bytes) => {
    const { server, log } = await hubOf(1);
    const { socket, isClosed } = await silentSocket(server.port);
    socket.resume();
    socket.write(Buffer.from(bytes, "latin1"));
    await until(isClosed);
    expect(log.filter((line) => /closed the connection|refused/.test(line))).toHaveLength(1);
    const a = await client(server.port, "n1");
    await until(() => a.events.includes("quorum true"));
  });

  test("a hub without the key is not believed", async () => {
    const impostor = createServer((socket) => {
      socket.on("error", () => {});
      socket.write(Buffer.concat([Buffer.from([0, 0, 0, 35, 1, 0, 1]), Buffer.alloc(32)]));
      socket.once("data", () =>
        socket.write(Buffer.concat([Buffer.from([0, 0, 0, 33, 3]), Buffer.alloc(32)])),
      );
    });
    await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
    running.push(impostor);
    const address = impostor.address();
    if (address === null || typeof address === "string") throw new Error("port");
    const a = await client(address.port, "n1");
    await until(() => a.events.length > 0);
    expect(a.events[0]).toMatch(/^lost the hub does not have the key/);
  });

  test("a client that does not read is cut off", async () => {
    const { server, log } = await hubOf(1, { outputBytesMax: 16_000_000 });
    const a = await client(server.port, "n1");
    await until(() => a.events.includes("quorum true"));
    const { socket, isClosed } = await silentSocket(server.port);
    const clientNonce = Buffer.alloc(32, 1);
    socket.once("data", (hello: Buffer) => {
      const session = { nodeName: "n1", hubNonce: hello.subarray(7, 39), clientNonce };
      socket.write(
        encodeWireFrame(
          FrameType.proof,
          Buffer.from([0, 1]),
          clientNonce,
          sessionMac(KEY, "client", session),
          Buffer.from("n1"),
        ),
      );
      socket.write(encodeWireFrame(FrameType.join, Buffer.from("g")));
      socket.pause();
    });
    await until(() => a.events.some((event) => event.startsWith("members 1,1 ")));
    const large = new Uint8Array(1_000_000);
    for (let sent = 0; sent < 60; ) {
      if (a.engine.multicast(large) === "ok") sent += 1;
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until(() => log.some((line) => line.includes("reads too slowly")));
    await until(() => a.events.some((event) => event.includes("left 1/processDown")));
    socket.resume();
    await until(isClosed);
  });
});

import { createInterface } from "node:readline";
import { systemClock } from "@quorate/host";
import { connectToCorosync, connectToHub } from "@quorate/membership";
import type { Engine, NodeId } from "@quorate/ports";
import type { ClientSettings, FloodResult, Latency } from "./messages.ts";

/**
 * One node of a bench, in a process of its own. Argument: `ClientSettings` as JSON. Each line of standard input is a command
 * (`self COUNT BYTES`, `ping COUNT BYTES`, `flood COUNT BYTES`), each line of standard output its result as JSON.
 */
const settings = JSON.parse(process.argv[2]!) as ClientSettings;

/** First byte of a message. */
const Kind = { self: 1, ping: 2, pong: 3, flood: 4 } as const;

const engine = await open();
/** What a measurement waits for. */
let awaited: (from: NodeId, message: Uint8Array) => void = () => {};
/** Of the flood that runs, or that others have begun already. */
let flooded = startOfFlood();
let memberCount = 0;
engine.connect({
  connected: () => join(),
  delivered: ({ nodeId }, message) => {
    if (message[0] === Kind.flood) countFlood(nodeId, message);
    else if (message[0] === Kind.ping && settings.answersPings && nodeId !== engine.localNodeId) {
      const answer = Buffer.from(message);
      answer[0] = Kind.pong;
      send(answer);
    } else awaited(nodeId, message);
  },
  configurationChanged: ({ members }) => {
    memberCount = members.length;
    if (memberCount === settings.nodeCount) say({ ready: true });
  },
  ringChanged() {},
  quorumChanged() {},
  lost: (reason) => {
    process.stderr.write(`bench client: ${reason}\n`);
    process.exit(1);
  },
});

createInterface({ input: process.stdin }).on("line", async (line) => {
  const [command, count = "", bytes = ""] = line.split(" ");
  const content = Buffer.alloc(Number(bytes), 7);
  if (command === "self") say(await roundTrips(Number(count), content, "self"));
  else if (command === "ping") say(await roundTrips(Number(count), content, "ping"));
  else if (command === "flood") say(await flood(Number(count), content));
});

function open(): Promise<Engine> {
  const log = (): void => {};
  if (settings.hub === null) return connectToCorosync({ clock: systemClock, log });
  const { port, key } = settings.hub;
  const { nodeName } = settings;
  return connectToHub({ port, key: Buffer.from(key, "hex"), nodeName, clock: systemClock, log });
}

function join(): void {
  if (engine.join("bench") === "tryAgain") setTimeout(join, 5);
}

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function send(message: Uint8Array, done: () => void = () => {}): void {
  const result = engine.multicast(message);
  if (result === "ok") done();
  else if (result === "tryAgain") setTimeout(() => send(message, done), 1);
  else throw new Error(`the engine refused a message: ${result}`);
}

/** One message at a time: until it comes back, or until another node's answer to it comes. */
function roundTrips(count: number, content: Buffer, kind: "self" | "ping"): Promise<Latency> {
  const message = Buffer.from(content);
  message[0] = Kind[kind];
  const answer = kind === "self" ? Kind.self : Kind.pong;
  const times: number[] = [];
  return new Promise((resolve) => {
    let sentAt = 0;
    const next = (): void => {
      sentAt = performance.now();
      send(message);
    };
    awaited = (from, received) => {
      if (received[0] !== answer || (kind === "self") !== (from === engine.localNodeId)) return;
      times.push(performance.now() - sentAt);
      if (times.length < count) setImmediate(next);
      else {
        times.sort((a, b) => a - b);
        const at = (share: number): number => times[Math.floor((times.length - 1) * share)]!;
        resolve({ p50Ms: at(0.5), p99Ms: at(0.99) });
      }
    };
    next();
  });
}

function startOfFlood() {
  return { count: 0, orderHash: 0, last: new Map<NodeId, number>(), counted: () => {} };
}

/** @throws Error when a message is missing or out of order */
function countFlood(from: NodeId, message: Uint8Array): void {
  const number = Buffer.from(message.buffer, message.byteOffset, message.length).readUInt32BE(1);
  const last = flooded.last.get(from) ?? 0;
  if (number !== last + 1) throw new Error(`message ${number} of node ${from} came after ${last}`);
  flooded.last.set(from, number);
  flooded.orderHash = (Math.imul(flooded.orderHash, 31) + from * 7919 + number) | 0;
  flooded.count += 1;
  flooded.counted();
}

/** Every node sends that many; ends when all of all nodes have come. */
function flood(count: number, content: Buffer): Promise<FloodResult> {
  const startMs = performance.now();
  const rssBytes: number[] = [];
  const total = count * settings.nodeCount;
  let sent = 0;
  const sampler = setInterval(() => rssBytes.push(process.memoryUsage.rss()), 500);
  return new Promise((resolve) => {
    flooded.counted = () => {
      if (flooded.count < total) return;
      clearInterval(sampler);
      rssBytes.push(process.memoryUsage.rss());
      const { orderHash, count: deliveredCount } = flooded;
      flooded = startOfFlood();
      resolve({ elapsedMs: performance.now() - startMs, deliveredCount, orderHash, rssBytes });
    };
    const pump = (): void => {
      // In portions, so that deliveries are handled in between.
      for (let portion = 0; portion < 32 && sent < count; portion++) {
        const message = Buffer.from(content);
        message[0] = Kind.flood;
        message.writeUInt32BE(sent + 1, 1);
        const result = engine.multicast(message);
        if (result === "tryAgain") {
          setTimeout(pump, 1);
          return;
        }
        if (result !== "ok") throw new Error(`the engine refused a message: ${result}`);
        sent += 1;
      }
      if (sent < count) setImmediate(pump);
    };
    pump();
  });
}

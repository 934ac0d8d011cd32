import type { Channel, MembershipView, NodeId } from "@quorate/ports";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BUS_LIMITS, Bus, type BusLimits, COROSYNC_LIKE_TIMING } from "../../src/index.ts";
import { type MemoryCluster, memoryCluster } from "../cluster.ts";

const NODE_COUNT = 4;

type Step =
  | { readonly kind: "send"; readonly daemon: number; readonly bytes: number; readonly count: number }
  | { readonly kind: "open" | "crash" | "start" | "pause" | "resume"; readonly node: NodeId }
  | { readonly kind: "stop"; readonly daemon: number }
  | { readonly kind: "partition"; readonly parts: readonly number[] }
  | { readonly kind: "heal" }
  | { readonly kind: "wait"; readonly ms: number };

const node = fc.integer({ min: 1, max: NODE_COUNT });
const daemon = fc.nat({ max: 20 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant("send" as const),
        daemon,
        bytes: fc.constantFrom(1, 30, 500, 3000),
        count: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom("open" as const, "open", "crash", "start", "pause", "resume"),
        node,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop" as const), daemon }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("partition" as const),
        parts: fc.array(fc.nat({ max: 1 }), { minLength: NODE_COUNT, maxLength: NODE_COUNT }),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: "heal" as const }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        ms: fc.oneof(
          fc.integer({ min: 0, max: 3 }),
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 0, max: 3000 }),
        ),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

/** A stretch of one daemon's history: a view and what was delivered in it, as `DAEMON#NUMBER`. */
interface Stretch {
  readonly view: MembershipView;
  readonly messages: string[];
}

interface Daemon {
  readonly index: number;
  readonly nodeId: NodeId;
  readonly bus: Bus;
  readonly channel: Channel;
  readonly stretches: Stretch[];
  sentCount: number;
  isOver: boolean;
}

/** Small pieces, so that most messages are cut by something. */
const CUT: Partial<BusLimits> = { pieceBytes: 100 };
/** Many small messages wait for others, and go together. */
const TOGETHER: Partial<BusLimits> = { pieceBytes: 600, loadedFrom: 3, onTheWayWhenLoaded: 1 };

function open(cluster: MemoryCluster, nodeId: NodeId, index: number, limits: Partial<BusLimits>): Daemon {
  const bus = new Bus({
    engine: cluster.engine(nodeId),
    group: "g",
    clock: cluster.clock,
    log: () => {},
    limits: { ...BUS_LIMITS, ...limits },
  });
  const opened: Daemon = {
    index,
    nodeId,
    bus,
    channel: bus.channel("c"),
    stretches: [],
    sentCount: 0,
    isOver: false,
  };
  opened.channel.subscribe({
    message(_, body) {
      expect(String(body.filling).length, "damaged").toBe(body.bytes);
      opened.stretches.at(-1)!.messages.push(`${body.daemon}#${body.number}`);
    },
    membership: (view) => void opened.stretches.push({ view, messages: [] }),
    lost() {
      opened.isOver = true;
    },
  });
  bus.start({ connected() {}, lost() {} });
  return opened;
}

function send(sender: Daemon, bytes: number): void {
  if (sender.isOver) return;
  sender.sentCount += 1;
  sender.channel.send({
    daemon: sender.index,
    number: sender.sentCount,
    bytes,
    filling: "x".repeat(bytes),
  });
}

function play(cluster: MemoryCluster, plan: readonly Step[], limits: Partial<BusLimits>): Daemon[] {
  const { hub, clock } = cluster;
  const daemons: Daemon[] = [];
  const openOn = (nodeId: NodeId): void => {
    // One daemon for each node at one time, as in production.
    if (daemons.some((one) => one.nodeId === nodeId && !one.isOver)) return;
    daemons.push(open(cluster, nodeId, daemons.length, limits));
  };
  for (const step of plan) {
    const chosen = "daemon" in step ? daemons[step.daemon % Math.max(1, daemons.length)] : undefined;
    switch (step.kind) {
      case "send":
        for (let count = 0; count < step.count && chosen !== undefined; count++) send(chosen, step.bytes);
        break;
      case "open":
        openOn(step.node);
        break;
      case "crash":
        hub.killNode(step.node);
        break;
      case "start":
        hub.startNode(step.node);
        break;
      case "pause":
        hub.pauseNode(step.node);
        break;
      case "resume":
        hub.resumeNode(step.node);
        break;
      case "stop":
        if (chosen === undefined || chosen.isOver) break;
        chosen.isOver = true;
        chosen.bus.stop(() => {});
        break;
      case "partition": {
        const part = (wanted: number): NodeId[] =>
          step.parts.flatMap((own, index) => (own === wanted ? [index + 1] : []));
        hub.partition([part(0), part(1)]);
        break;
      }
      case "heal":
        hub.heal();
        break;
      case "wait":
        clock.advance(step.ms);
        break;
    }
  }
  hub.heal();
  for (let nodeId = 1; nodeId <= NODE_COUNT; nodeId++) hub.resumeNode(nodeId);
  for (let nodeId = 1; nodeId <= NODE_COUNT; nodeId++) hub.startNode(nodeId);
  clock.advance(15_000);
  for (let nodeId = 1; nodeId <= NODE_COUNT; nodeId++) openOn(nodeId);
  clock.advance(1000);
  for (const one of daemons) send(one, 700);
  clock.advance(5000);
  return daemons;
}

function check(daemons: readonly Daemon[]): void {
  const viewOf = ({ view }: Stretch): string =>
    `${view.ringId} ${view.members.map((member) => `${member.nodeId}.${member.pid}`).join()} ${view.isQuorate}`;
  const viewOfMessage = new Map<string, string>();
  for (const one of daemons) {
    const last = new Map<string, number>();
    for (const stretch of one.stretches)
      for (const message of stretch.messages) {
        const [sender, number] = message.split("#") as [string, string];
        expect(Number(number), `daemon ${one.index}: ${message} again or out of order`).toBeGreaterThan(
          last.get(sender) ?? 0,
        );
        last.set(sender, Number(number));
        const members = stretch.view.members.map((member) => member.nodeId);
        expect(members, "from outside the view").toContain(daemons[Number(sender)]!.nodeId);
        expect(viewOf(stretch), `${message} in two views`).toBe(
          viewOfMessage.get(message) ?? viewOf(stretch),
        );
        viewOfMessage.set(message, viewOf(stretch));
      }
  }
  for (const a of daemons) for (const b of daemons) if (a.index < b.index) checkTogether(a, b, viewOf);
  const alive = daemons.filter((one) => !one.isOver);
  expect(alive).toHaveLength(NODE_COUNT);
  for (const one of alive) {
    expect(viewOf(one.stretches.at(-1)!)).toBe(viewOf(alive[0]!.stretches.at(-1)!));
    const own = one.stretches.flatMap((stretch) => stretch.messages);
    expect(own.filter((message) => message.startsWith(`${one.index}#`))).toHaveLength(one.sentCount);
    for (const other of alive) expect(own).toContain(`${other.index}#${other.sentCount}`);
  }
}

/** Two that had a view and went on together to the next got the same in it, in the same order. */
function checkTogether(a: Daemon, b: Daemon, viewOf: (stretch: Stretch) => string): void {
  a.stretches.forEach((stretch, index) => {
    const at = b.stretches.findIndex((other) => viewOf(other) === viewOf(stretch));
    const nextA = a.stretches[index + 1];
    const nextB = b.stretches[at + 1];
    if (at < 0 || nextA === undefined || nextB === undefined || viewOf(nextA) !== viewOf(nextB)) return;
    const parted =
      nextA.view.left.some((left) => left.nodeId === b.nodeId) ||
      nextB.view.left.some((left) => left.nodeId === a.nodeId);
    if (!parted) expect(stretch.messages).toEqual(b.stretches[at]!.messages);
  });
}

describe("the bus under random schedules", () => {
  test.each([
    ["quick links", {}, CUT],
    ["slow links", { latency: { minMs: 1, maxMs: 60 } }, CUT],
    ["slow links, several in one", { latency: { minMs: 1, maxMs: 60 } }, TOGETHER],
    [
      "slow synchronisation",
      {
        synchronization: { minMs: 10, maxMs: 800 },
        lossDetection: { minMs: 20, maxMs: 200 },
        merge: { minMs: 10, maxMs: 300 },
      },
      CUT,
    ],
  ] as const)(
    "%s: whoever shares a view shares its messages, whole and in order",
    (_, timing, limits) => {
      fc.assert(
        fc.property(steps, fc.nat(), fc.boolean(), (plan, seed, isRefusing) => {
          const cluster = memoryCluster(NODE_COUNT, {
            seed,
            timing: { ...COROSYNC_LIKE_TIMING, ...timing },
            limits: { refusalShare: isRefusing ? 0.2 : 0 },
          });
          cluster.clock.advance(8000);
          check(play(cluster, plan, limits));
        }),
        { numRuns: Number(process.env.QUORATE_BUS_RUNS ?? 80) },
      );
    },
    120_000,
  );
});

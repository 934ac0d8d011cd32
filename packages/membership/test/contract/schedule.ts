import type { NodeId } from "@quorate/ports";
import fc from "fast-check";
import type { ContractClient } from "./client.ts";
import type { EngineFixture } from "./fixture.ts";
import type { History } from "./history.ts";

export type Step =
  | { readonly kind: "open"; readonly node: NodeId }
  | { readonly kind: "send"; readonly client: number; readonly count: number; readonly bytes: number }
  | { readonly kind: "leave" | "rejoin" | "killClient"; readonly client: number }
  | { readonly kind: "start" | "stop" | "kill" | "pause" | "resume"; readonly node: NodeId }
  | { readonly kind: "partition"; readonly parts: readonly number[] }
  | { readonly kind: "heal" }
  | { readonly kind: "wait"; readonly ms: number };

/** @param timeScale 1 for delays as Corosync has them */
export function stepsFor(nodeCount: number, timeScale: number): fc.Arbitrary<Step[]> {
  const node = fc.integer({ min: 1, max: nodeCount });
  const client = fc.nat({ max: 30 });
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("open" as const), node }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant("send" as const),
        client,
        count: fc.integer({ min: 1, max: 20 }),
        bytes: fc.constantFrom(0, 1, 10, 200),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom("leave" as const, "rejoin", "killClient"), client }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("start" as const, "stop", "kill", "pause", "resume"),
        node,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("partition" as const),
        parts: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: nodeCount, maxLength: nodeCount }),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: "heal" as const }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        ms: fc
          .oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3000 }))
          .map((ms) => ms * timeScale),
      }),
    },
  );
  return fc.array(step, { minLength: 5, maxLength: 60 });
}

/** Plays the steps, then heals and starts everything, settles, and lets everybody send once more. */
export async function play(fixture: EngineFixture, steps: readonly Step[]): Promise<History[]> {
  const clients: ContractClient[] = [];

  async function open(node: NodeId): Promise<void> {
    clients.push(await fixture.open(node, clients.length));
  }

  /** In slices, so that refused calls are repeated. */
  async function wait(ms: number): Promise<void> {
    for (let rest = ms; rest > 0; rest -= 250) {
      await fixture.wait(Math.min(250, rest));
      for (const client of clients) client.retry();
    }
  }

  async function perform(step: Step): Promise<void> {
    const client = "client" in step ? clients[step.client % Math.max(1, clients.length)] : undefined;
    switch (step.kind) {
      case "open":
        return open(step.node);
      case "send":
        return client?.send(step.count, step.bytes);
      case "leave":
        return client?.leave();
      case "rejoin":
        return client?.rejoin();
      case "killClient":
        return client?.kill();
      case "start":
        return fixture.startNode(step.node);
      case "stop":
        return fixture.stopNode(step.node);
      case "kill":
        return fixture.killNode(step.node);
      case "pause":
        return fixture.pauseNode(step.node);
      case "resume":
        return fixture.resumeNode(step.node);
      case "partition": {
        const sets = new Map<number, NodeId[]>();
        step.parts.forEach((part, index) => {
          sets.set(part, [...(sets.get(part) ?? []), index + 1]);
        });
        return fixture.partition([...sets.values()]);
      }
      case "heal":
        return fixture.heal();
      case "wait":
        return wait(step.ms);
    }
  }

  for (const step of steps) await perform(step);

  await fixture.heal();
  for (let node = 1; node <= fixture.nodeCount; node++) await fixture.resumeNode(node);
  // Stops on their way end first, so that all nodes run at last.
  await fixture.settle(wait);
  for (let node = 1; node <= fixture.nodeCount; node++) await fixture.startNode(node);
  await fixture.settle(wait);
  for (let node = 1; node <= fixture.nodeCount; node++) await open(node);
  await fixture.settle(wait);
  for (const client of clients) {
    if (client.isConnected) client.history.survived();
    client.send(1, 10);
  }
  await fixture.settle(wait);
  for (const client of clients) await client.finish();
  return clients.map((client) => client.history);
}

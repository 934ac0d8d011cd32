import type { QuorumUpdate, Ring } from "@quorate/ports";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventOrder, type GroupEvent, type OrderedEvent } from "../../src/corosync/event-order.ts";

const ring = (sequence: number): Ring => ({ representative: 1, sequence });
const ringEvent = (sequence: number): GroupEvent => ({ kind: "ring", ring: ring(sequence), nodes: [1, 2] });
const message = (text: string): GroupEvent => ({
  kind: "delivered",
  from: { nodeId: 1, pid: 1 },
  message: Buffer.from(text),
});
const decision = (sequence: number, isQuorate = true): QuorumUpdate => ({
  isQuorate,
  ring: ring(sequence),
  nodes: [1, 2],
});

const join: GroupEvent = {
  kind: "configuration",
  change: {
    members: [{ nodeId: 1, pid: 1 }],
    left: [],
    joined: [{ nodeId: 1, pid: 1, reason: "join" }],
  },
};

/** In the group: its own join was told. */
function joined(): EventOrder {
  const order = new EventOrder();
  order.addGroupEvent(join);
  expect(order.next()).toEqual(join);
  return order;
}

function drain(order: EventOrder): string[] {
  const events: string[] = [];
  for (let event = order.next(); event !== null; event = order.next()) events.push(describeEvent(event));
  return events;
}

function describeEvent(event: OrderedEvent): string {
  switch (event.kind) {
    case "ring":
      return `ring ${event.ring.sequence}`;
    case "quorum":
      return `${event.update.isQuorate ? "quorate" : "not quorate"} ${event.update.ring.sequence}`;
    case "delivered":
      return Buffer.from(event.message).toString();
    case "configuration":
      return "configuration";
  }
}

describe("one stream of messages and quorum", () => {
  test("what follows a ring waits for the decision about it", () => {
    const order = joined();
    for (const event of [ringEvent(9), message("a"), ringEvent(13), message("b")]) order.addGroupEvent(event);
    expect(drain(order)).toEqual(["ring 9"]);
    order.addQuorum(decision(9));
    expect(drain(order)).toEqual(["quorate 9", "a", "ring 13"]);
    expect(order.awaitedRing).toEqual(ring(13));
    order.addQuorum(decision(13, false));
    expect(drain(order)).toEqual(["not quorate 13", "b"]);
    expect(order.awaitedRing).toBeNull();
  });

  test("a decision that comes first waits for its ring", () => {
    const order = joined();
    order.addQuorum(decision(9));
    order.addGroupEvent(ringEvent(9));
    expect(drain(order)).toEqual(["ring 9", "quorate 9"]);
    order.addQuorum(decision(13, false));
    order.addGroupEvent(message("old ring"));
    expect(drain(order)).toEqual(["old ring"]);
    order.addGroupEvent(ringEvent(13));
    expect(drain(order)).toEqual(["ring 13", "not quorate 13"]);
  });

  test("votes change: a decision without a new ring", () => {
    const order = joined();
    order.addGroupEvent(ringEvent(9));
    order.addQuorum(decision(9));
    drain(order);
    order.addQuorum(decision(9, false));
    expect(drain(order)).toEqual(["not quorate 9"]);
  });

  test("a ring that the quorum side left out is not quorate", () => {
    const order = joined();
    order.addGroupEvent(ringEvent(9));
    order.addGroupEvent(message("a"));
    order.addQuorum(decision(13));
    expect(drain(order)).toEqual(["ring 9", "not quorate 9", "a"]);
    order.addGroupEvent(ringEvent(13));
    expect(drain(order)).toEqual(["ring 13", "quorate 13"]);
  });

  test("a ring that the group side left out is skipped", () => {
    const order = joined();
    order.addGroupEvent(ringEvent(9));
    order.addQuorum(decision(9));
    expect(drain(order)).toEqual(["ring 9", "quorate 9"]);
    order.addQuorum(decision(13, false));
    order.addQuorum(decision(17));
    order.addGroupEvent(ringEvent(17));
    expect(drain(order)).toEqual(["ring 17", "quorate 17"]);
  });

  test("a ring that is told twice has its decision twice", () => {
    const order = joined();
    order.addGroupEvent(ringEvent(9));
    order.addQuorum(decision(9));
    drain(order);
    order.addGroupEvent(ringEvent(9));
    order.addGroupEvent(message("a"));
    expect(drain(order)).toEqual(["ring 9", "quorate 9", "a"]);
  });

  test("no decision comes at all: it goes on without quorum when told to", () => {
    const order = joined();
    order.addGroupEvent(ringEvent(9));
    order.addGroupEvent(message("a"));
    expect(drain(order)).toEqual(["ring 9"]);
    order.giveUpWaiting();
    expect(drain(order)).toEqual(["not quorate 9", "a"]);
    order.addQuorum(decision(9));
    expect(drain(order)).toEqual(["quorate 9"]);
  });

  test("after a leave the present decision is told at the next join", () => {
    const order = joined();
    order.addGroupEvent(ringEvent(9));
    order.addQuorum(decision(9));
    drain(order);
    order.left();
    order.addGroupEvent(join);
    order.addGroupEvent(ringEvent(9));
    expect(drain(order)).toEqual(["configuration", "ring 9", "quorate 9"]);
  });

  test("a ring that formed before the own join was delivered is told after it", () => {
    const order = new EventOrder();
    for (const event of [ringEvent(9), ringEvent(13), join, message("a")]) order.addGroupEvent(event);
    order.addQuorum(decision(9));
    order.addQuorum(decision(13));
    expect(drain(order)).toEqual(["configuration", "ring 13", "quorate 13", "a"]);
  });

  test("whatever the interleaving: the group's order, each ring followed by its own decision, none lost", () => {
    const part = fc.record({
      messageCount: fc.nat({ max: 3 }),
      decisions: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean()),
        fc.boolean(),
        (parts, turns, drainsOften) => {
          const group: GroupEvent[] = [];
          const quorum: QuorumUpdate[] = [];
          parts.forEach(({ messageCount, decisions }, index) => {
            const sequence = 9 + 4 * index;
            group.push(ringEvent(sequence));
            for (let count = 0; count < messageCount; count++) group.push(message(`m${sequence}.${count}`));
            for (const isQuorate of decisions) quorum.push(decision(sequence, isQuorate));
          });
          const expectedGroup = group.map(describeEvent);
          const lastOf = new Map(quorum.map((update) => [update.ring.sequence, update.isQuorate]));

          const order = joined();
          const events: string[] = [];
          for (const isGroup of [...turns, ...group.map(() => true), ...quorum.map(() => false)]) {
            if (isGroup && group.length > 0) order.addGroupEvent(group.shift()!);
            if (!isGroup && quorum.length > 0) order.addQuorum(quorum.shift()!);
            if (drainsOften) events.push(...drain(order));
          }
          events.push(...drain(order));

          expect(events.filter((event) => !event.includes("quorate"))).toEqual(expectedGroup);
          let current = "";
          events.forEach((event, index) => {
            if (event.startsWith("ring ")) {
              current = event.slice("ring ".length);
              expect(events[index + 1]).toMatch(new RegExp(`quorate ${current}$`));
            }
            if (event.includes("quorate")) expect(event.endsWith(` ${current}`)).toBe(true);
          });
          // The last ring ends with its last decision; an earlier one may have been left before.
          const [sequence, isQuorate] = [...lastOf].at(-1)!;
          expect(events.filter((event) => event.includes("quorate")).at(-1)).toBe(
            `${isQuorate ? "quorate" : "not quorate"} ${sequence}`,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});

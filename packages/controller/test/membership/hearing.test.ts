import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../simulator/src/index.ts";
import { Hearing } from "../../src/membership/hearing.ts";
import type { Peer, Peers } from "../../src/membership/peers.ts";
import { testContext } from "../test-context.ts";

/** n1 asks n2 and n3. `sent`: ids of the questions, in their order; nothing is delivered unless the test says so. */
function asked() {
  const clock = new VirtualClock();
  const sent: number[] = [];
  const ends: boolean[] = [];
  const peers = [1, 2, 3].map((nodeId) => ({ nodeId, isSilent: false }) as Peer);
  const context = testContext(clock, { nodeId: 1, name: "n1" });
  const hearing = new Hearing({
    context,
    peers: { online: () => peers } as unknown as Peers,
    send: (message) => {
      if (message.kind === "askHeard") sent.push(message.id);
    },
  });
  context.queue.run(() => hearing.whenHeard((isHeard) => ends.push(isHeard)));
  return { clock, hearing, sent, ends };
}

const LONG_MS = 60_000;

describe("what all other members have heard", () => {
  test("is what all have said that they heard", () => {
    const { hearing, sent, ends } = asked();
    expect(sent).toEqual([1]);
    hearing.heard(2, 1);
    expect(ends).toEqual([]);
    hearing.heard(3, 1);
    expect(ends).toEqual([true]);
  });

  test("one never answers: it counts as having heard when a second question has come back, not by time alone", () => {
    const { clock, hearing, sent, ends } = asked();
    hearing.delivered(1);
    hearing.heard(2, 1);
    clock.advance(4_999);
    expect(sent).toEqual([1]);
    clock.advance(LONG_MS);
    expect([sent, ends]).toEqual([[1, 1], []]);
    hearing.delivered(1);
    expect(ends).toEqual([true]);
  });

  test("the ring is broken, and shows it late: nothing counts as heard", () => {
    const { clock, hearing, sent, ends } = asked();
    clock.advance(LONG_MS);
    expect([sent, ends]).toEqual([[1], []]);
    hearing.departed(3);
    expect(ends).toEqual([false]);
  });

  test("the ring stood still and is whole again: the second question begins after the first", () => {
    const { clock, hearing, sent, ends } = asked();
    clock.advance(LONG_MS);
    hearing.delivered(1);
    expect([sent, ends]).toEqual([[1, 1], []]);
    hearing.delivered(1);
    expect(ends).toEqual([true]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RingOfVotes } from "./ring-of-votes.ts";

/** A step changes the cluster; then each listed node shows `expected/total/quorum yes|no`. */
type Story = readonly (readonly [
  event: string,
  step: (cluster: RingOfVotes) => unknown,
  numbers: Readonly<Record<number, string>>,
])[];

function tell(cluster: RingOfVotes, story: Story): void {
  for (const [event, step, numbers] of story) {
    step(cluster);
    for (const [nodeId, expected] of Object.entries(numbers))
      expect(`${event}, node ${nodeId}: ${cluster.numbers(Number(nodeId))}`).toBe(
        `${event}, node ${nodeId}: ${expected}`,
      );
  }
}

function startAs(cluster: RingOfVotes, ids: readonly number[]): void {
  cluster.start(ids);
  cluster.ring(ids);
}

describe("plain majority (votequorum 3.1-3.3)", () => {
  const subsets = [
    [1, 2, 3, 4],
    [1, 2, 3],
    [1, 2, 4],
    [1, 3, 4],
    [2, 3, 4],
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
    [3, 4],
    [1],
    [2],
    [3],
    [4],
  ];

  test.each(subsets.map((members) => [members] as const))("votes 2 2 1 1, 8 expected: %s", (members) => {
    const cluster = new RingOfVotes([2, 2, 1, 1], { expectedVotes: 8 });
    startAs(cluster, members);
    const isQuorate = ["1,2,3,4", "1,2,3", "1,2,4"].includes(members.join());
    for (const nodeId of members) {
      expect(cluster.isQuorate(nodeId)).toBe(isQuorate);
      expect(cluster.numbers(nodeId)).toMatch(/^8\/\d\/5 /);
    }
  });

  test.each(subsets.map((members) => [members] as const))("votes 2 2 1 1, 6 expected: %s", (members) => {
    const cluster = new RingOfVotes([2, 2, 1, 1]);
    startAs(cluster, members);
    const isQuorate = ["1,2,3,4", "1,2,3", "1,2,4", "1,2", "1,3,4", "2,3,4"].includes(members.join());
    for (const nodeId of members) expect(cluster.isQuorate(nodeId)).toBe(isQuorate);
  });

  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
    [8, 5],
  ])("%i nodes need %i", (nodeCount, quorum) => {
    const ids = Array.from({ length: nodeCount }, (_, index) => index + 1);
    const cluster = new RingOfVotes(ids.map(() => 1));
    startAs(cluster, ids);
    expect(cluster.numbers(1)).toBe(`${nodeCount}/${nodeCount}/${quorum} yes`);
    for (let members = nodeCount; members >= 1; members--) {
      cluster.ring(ids.slice(0, members));
      expect(cluster.isQuorate(1)).toBe(members >= quorum);
    }
  });
});

describe("sequences (votequorum 3.4-3.7)", () => {
  test("three plain nodes", () => {
    tell(new RingOfVotes([1, 1, 1]), [
      ["1 starts", (c) => c.start([1]), { 1: "3/1/2 no" }],
      ["2 starts", (c) => c.start([2]).ring([1, 2]), { 1: "3/2/2 yes", 2: "3/2/2 yes" }],
      ["3 starts", (c) => c.start([3]).ring([1, 2, 3]), { 1: "3/3/2 yes", 3: "3/3/2 yes" }],
      ["3 killed", (c) => c.kill([3]).ring([1, 2]), { 1: "3/2/2 yes", 2: "3/2/2 yes" }],
      ["2 stops", (c) => c.kill([2]).ring([1]), { 1: "3/1/2 no" }],
    ]);
  });

  test("changing numbers at run time", () => {
    const cluster = new RingOfVotes([1, 1, 1]);
    startAs(cluster, [1, 2, 3]);
    expect(cluster.setExpected(1, 2)).toBe(false);
    expect(cluster.setExpected(1, 4)).toBe(true);
    expect([1, 2, 3].map((id) => cluster.numbers(id))).toEqual(Array(3).fill("4/3/3 yes"));
    expect(cluster.setExpected(1, 6)).toBe(false);
    expect(cluster.setVotes(1, 2, 3)).toBe("ok");
    expect(cluster.numbers(1)).toBe("5/5/3 yes");
    expect(cluster.setVotes(1, 2, 1)).toBe("ok");
    expect(cluster.numbers(1)).toBe("5/3/3 yes");
    expect(cluster.setVotes(1, 9, 2)).toBe("unknown");
    cluster.kill([3]);
    cluster.ring([1, 2]);
    expect(cluster.numbers(1)).toBe("5/2/3 no");
    cluster.start([3]);
    cluster.ring([1, 2, 3]);
    expect([1, 2, 3].map((id) => cluster.numbers(id))).toEqual(["5/3/3 yes", "5/3/3 yes", "3/3/2 yes"]);
  });

  test("more members than expected", () => {
    const cluster = new RingOfVotes([1, 1, 1, 1], { expectedVotes: 2 });
    startAs(cluster, [1, 2]);
    expect(cluster.numbers(1)).toBe("2/2/2 yes");
    cluster.start([3]);
    cluster.ring([1, 2, 3]);
    expect(cluster.numbers(1)).toBe("3/3/2 yes");
    cluster.start([4]);
    cluster.ring([1, 2, 3, 4]);
    expect(cluster.numbers(4)).toBe("4/4/3 yes");
    cluster.kill([3, 4]);
    cluster.ring([1, 2]);
    expect(cluster.numbers(1)).toBe("4/2/3 no");
  });

  test("a joiner with another configuration adopts the numbers of a quorate ring", () => {
    const cluster = new RingOfVotes([1, 1, 1]);
    startAs(cluster, [1, 2]);
    cluster.start([3], { expectedVotes: 7 });
    expect(cluster.numbers(3)).toBe("7/1/4 no");
    cluster.ring([1, 2, 3]);
    expect([1, 2, 3].map((id) => cluster.numbers(id))).toEqual(Array(3).fill("3/3/2 yes"));
  });
});

describe("two_node (votequorum 4.1)", () => {
  const twoNode = { isTwoNode: true, isWaitForAll: true };

  test("waits for both, then each can go on alone", () => {
    const cluster = new RingOfVotes([1, 1], twoNode);
    tell(cluster, [
      ["1 starts", (c) => c.start([1]), { 1: "2/1/1 no" }],
      ["2 joins", (c) => c.start([2]).ring([1, 2]), { 1: "2/2/1 yes", 2: "2/2/1 yes" }],
      ["2 killed", (c) => c.kill([2]).ring([1]), { 1: "2/1/1 yes" }],
      ["2 returns", (c) => c.start([2]).ring([1, 2]), { 1: "2/2/1 yes", 2: "2/2/1 yes" }],
      ["split", (c) => c.ring([1]).ring([2]), { 1: "2/1/1 yes", 2: "2/1/1 yes" }],
      ["heal", (c) => c.ring([1, 2]), { 1: "2/2/1 yes", 2: "2/2/1 yes" }],
      ["both stopped, 2 starts", (c) => c.kill([1, 2]).start([2]), { 2: "2/1/1 no" }],
    ]);
    expect(cluster.flags(2)).toBe("2Node WaitForAll");
    expect(cluster.setExpected(2, 1)).toBe(true);
    expect(cluster.isQuorate(2)).toBe(true);
    expect(cluster.flags(2)).toBe("2Node Quorate WaitForAll");
    expect(cluster.flips).toContain("2");
  });

  test("waiting can be cancelled", () => {
    const cluster = new RingOfVotes([1, 1], twoNode);
    cluster.start([2]);
    cluster.cancelWaitForAll(2);
    expect(cluster.numbers(2)).toBe("2/1/1 yes");
  });

  test("without wait_for_all one node starts quorate", () => {
    const cluster = new RingOfVotes([1, 1], { isTwoNode: true });
    cluster.start([1]);
    expect(cluster.numbers(1)).toBe("2/1/1 yes");
    expect(cluster.flags(1)).toBe("2Node Quorate");
  });

  test("set and taken back by reloads: waiting goes with it, and is not armed anew", () => {
    const cluster = new RingOfVotes([1, 1]);
    const reload = (isTwoNode: boolean) => (c: RingOfVotes) =>
      c.reload(1, [1, 1], { expectedVotes: 2, isTwoNode });
    tell(cluster, [
      ["both start", (c) => startAs(c, [1, 2]), { 1: "2/2/2 yes", 2: "2/2/2 yes" }],
      ["set", reload(true), { 1: "2/2/1 yes", 2: "2/2/1 yes" }],
      ["2 killed", (c) => c.kill([2]).ring([1]), { 1: "2/1/1 yes" }],
      ["taken back", reload(false), { 1: "2/1/2 no" }],
      ["set", reload(true), { 1: "2/1/1 yes" }],
    ]);
    expect(cluster.flags(1)).toBe("2Node Quorate WaitForAll");
  });

  test("set by a reload while wait_for_all, which is written, waits", () => {
    const cluster = new RingOfVotes([1, 1], { isWaitForAll: true, isWaitForAllWritten: true });
    cluster.start([1]);
    for (const isTwoNode of [true, false, true]) {
      cluster.reload(1, [1, 1], { expectedVotes: 2, isTwoNode });
      expect(cluster.isQuorate(1)).toBe(false);
    }
  });

  test("three nodes, which the configuration refuses", () => {
    tell(new RingOfVotes([1, 1, 1], twoNode), [
      ["1 2 up", (c) => c.start([1, 2]).ring([1, 2]), { 1: "3/2/1 no" }],
      ["3 joins", (c) => c.start([3]).ring([1, 2, 3]), { 1: "3/3/2 yes" }],
      ["3 killed", (c) => c.kill([3]).ring([1, 2]), { 1: "3/2/1 yes" }],
      ["2 killed", (c) => c.kill([2]).ring([1]), { 1: "3/1/1 yes" }],
    ]);
  });
});

describe("wait_for_all (votequorum 4.2)", () => {
  test("losing quorum arms it again", () => {
    tell(new RingOfVotes([1, 1, 1], { isWaitForAll: true }), [
      ["1 2 start", (c) => startAs(c, [1, 2]), { 1: "3/2/2 no" }],
      ["3 starts", (c) => c.start([3]).ring([1, 2, 3]), { 1: "3/3/2 yes", 3: "3/3/2 yes" }],
      ["3 leaves", (c) => c.kill([3]).ring([1, 2]), { 1: "3/2/2 yes" }],
      ["1 leaves", (c) => c.kill([1]).ring([2]), { 2: "3/1/2 no" }],
      ["1 restarts", (c) => c.start([1]).ring([1, 2]), { 1: "3/2/2 no", 2: "3/2/2 no" }],
      ["3 restarts", (c) => c.start([3]).ring([1, 2, 3]), { 1: "3/3/2 yes", 2: "3/3/2 yes" }],
    ]);
  });

  test("a node that joins a working cluster need not wait", () => {
    tell(new RingOfVotes([1, 1, 1, 1, 1], { isWaitForAll: true }), [
      ["all start", (c) => startAs(c, [1, 2, 3, 4, 5]), { 1: "5/5/3 yes" }],
      ["4 5 killed", (c) => c.kill([4, 5]).ring([1, 2, 3]), { 1: "5/3/3 yes" }],
      ["4 restarts", (c) => c.start([4]).ring([1, 2, 3, 4]), { 1: "5/4/3 yes", 4: "5/4/3 yes" }],
    ]);
  });
});

describe("last_man_standing (votequorum 4.3)", () => {
  const window = { isLastManStanding: true, lastManStandingWindowMs: 2000 };
  const pass = (c: RingOfVotes): void => c.clock.advance(2000);

  const downToTwo: Story = [
    ["start", (c) => startAs(c, [1, 2, 3, 4]), { 1: "4/4/3 yes" }],
    ["4 killed", (c) => c.kill([4]).ring([1, 2, 3]), { 1: "4/3/3 yes" }],
    ["window passed", pass, { 1: "3/3/2 yes", 3: "3/3/2 yes" }],
    ["3 killed", (c) => c.kill([3]).ring([1, 2]), { 1: "3/2/2 yes" }],
    ["window passed", pass, { 1: "2/2/2 yes" }],
  ];

  test("one after another", () => {
    tell(new RingOfVotes([1, 1, 1, 1], window), [
      ...downToTwo,
      ["2 killed", (c) => c.kill([2]).ring([1]), { 1: "2/1/2 no" }],
      ["window passed", pass, { 1: "2/1/2 no" }],
      ["2 3 4 return", (c) => c.start([2, 3, 4]).ring([1, 2, 3, 4]), { 1: "4/4/3 yes" }],
    ]);
  });

  test("with auto_tie_breaker and wait_for_all down to one", () => {
    tell(new RingOfVotes([1, 1, 1, 1], { ...window, tieBreaker: "lowest", isWaitForAll: true }), [
      ...downToTwo,
      ["2 killed", (c) => c.kill([2]).ring([1]), { 1: "2/1/2 yes" }],
      ["window passed", pass, { 1: "1/1/1 yes" }],
      ["2 3 4 return", (c) => c.start([2, 3, 4]).ring([1, 2, 3, 4]), { 1: "4/4/3 yes" }],
    ]);
  });

  test("unequal votes switch it off", () => {
    const cluster = new RingOfVotes([2, 1, 1], window);
    startAs(cluster, [1, 2, 3]);
    expect(cluster.flags(2)).toBe("Quorate");
  });
});

describe("auto_tie_breaker (votequorum 4.4)", () => {
  const all = [1, 2, 3, 4];

  test("lowest never gives the first quorum", () => {
    const cluster = new RingOfVotes([1, 1, 1, 1], { tieBreaker: "lowest" });
    startAs(cluster, [1, 2]);
    expect(cluster.isQuorate(1)).toBe(false);
  });

  test.each([
    ["lowest", [1, 2], [3, 4], true, false],
    ["lowest", [1, 3], [2, 4], true, false],
    ["highest", [1, 2], [3, 4], false, true],
    ["list 3 1", [1, 2], [3, 4], false, true],
  ] as const)("%s, split %s / %s", (name, a, b, isA, isB) => {
    const tieBreaker = name === "list 3 1" ? [3, 1] : name;
    const cluster = new RingOfVotes([1, 1, 1, 1], { tieBreaker });
    startAs(cluster, all);
    cluster.ring(a);
    cluster.ring(b);
    for (const nodeId of a) expect(cluster.numbers(nodeId)).toBe(`4/2/3 ${isA ? "yes" : "no"}`);
    for (const nodeId of b) expect(cluster.isQuorate(nodeId)).toBe(isB);
  });

  test("the lowest is that of the last quorum by votes", () => {
    const cluster = new RingOfVotes([1, 1, 1, 1], { tieBreaker: "lowest" });
    startAs(cluster, all);
    cluster.kill([1]);
    cluster.ring([2, 3, 4]);
    expect(cluster.isQuorate(3)).toBe(true);
    cluster.kill([2]);
    cluster.ring([3, 4]);
    expect(cluster.isQuorate(3)).toBe(false);
  });

  test("list 3 1: 3 killed, then split 1 2 / 4", () => {
    const cluster = new RingOfVotes([1, 1, 1, 1], { tieBreaker: [3, 1] });
    startAs(cluster, all);
    cluster.kill([3]);
    cluster.ring([1, 2, 4]);
    cluster.ring([1, 2]);
    cluster.ring([4]);
    expect([1, 2, 4].map((id) => cluster.isQuorate(id))).toEqual([true, true, false]);
  });

  test("five nodes: the smaller side does not win while the other may have the votes", () => {
    const cluster = new RingOfVotes([1, 1, 1, 1, 1], { tieBreaker: "lowest", isWaitForAll: true });
    startAs(cluster, [1, 2, 3, 4, 5]);
    cluster.ring([1, 2]);
    cluster.ring([3, 4, 5]);
    expect([1, 2, 3, 4, 5].map((id) => cluster.isQuorate(id))).toEqual([false, false, true, true, true]);
  });

  test("five nodes: 5 killed, then split 1 2 / 3 4", () => {
    const cluster = new RingOfVotes([1, 1, 1, 1, 1], { tieBreaker: "lowest", isWaitForAll: true });
    startAs(cluster, [1, 2, 3, 4, 5]);
    cluster.kill([5]);
    cluster.ring([1, 2, 3, 4]);
    cluster.ring([1, 2]);
    cluster.ring([3, 4]);
    expect([1, 2, 3, 4].map((id) => cluster.isQuorate(id))).toEqual([true, true, false, false]);
  });
});

describe("properties (votequorum 8)", () => {
  const votes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 7 });
  /** For each step, the part of the cluster in which each node is; -1 stays down or is killed. */
  const steps = fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 7, maxLength: 7 }), {
    minLength: 1,
    maxLength: 6,
  });

  function* play(cluster: RingOfVotes, nodeCount: number, plan: readonly (readonly number[])[]) {
    const isUp = new Set<number>();
    for (const step of plan) {
      const parts = new Map<number, number[]>();
      for (let nodeId = 1; nodeId <= nodeCount; nodeId++) {
        const part = step[nodeId - 1]!;
        if (part < 0) {
          if (isUp.delete(nodeId)) cluster.kill([nodeId]);
          continue;
        }
        if (!isUp.has(nodeId)) cluster.start([nodeId]);
        isUp.add(nodeId);
        parts.set(part, [...(parts.get(part) ?? []), nodeId]);
      }
      for (const members of parts.values()) cluster.ring(members);
      yield [...parts.values()];
    }
  }

  test("plain majority: never two quorate parts", () => {
    fc.assert(
      fc.property(votes, steps, fc.integer({ min: 0, max: 5 }), (counts, plan, more) => {
        const sum = counts.reduce((total, count) => total + count, 0);
        fc.pre(sum > 0);
        const cluster = new RingOfVotes(counts, { expectedVotes: sum + more });
        for (const parts of play(cluster, counts.length, plan)) {
          const quorate = parts.filter((members) => members.some((id) => cluster.isQuorate(id)));
          expect(quorate.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("all members of a ring decide alike, and expected votes do not fall", () => {
    fc.assert(
      fc.property(votes, steps, fc.boolean(), (counts, plan, isWaitForAll) => {
        fc.pre(counts.some((count) => count > 0));
        const cluster = new RingOfVotes(counts, { isWaitForAll });
        const sum = counts.reduce((total, count) => total + count, 0);
        for (const parts of play(cluster, counts.length, plan))
          for (const members of parts) {
            expect(new Set(members.map((id) => cluster.numbers(id))).size).toBe(1);
            expect(cluster.numbers(members[0]!).startsWith(`${sum}/`)).toBe(true);
          }
      }),
    );
  });

  test("an even split with a tie-breaker: the side of the lowest node, and only this one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((half) =>
          fc.shuffledSubarray(
            Array.from({ length: 2 * half }, (_, index) => index + 1),
            { minLength: half, maxLength: half },
          ),
        ),
        (side) => {
          const ids = Array.from({ length: side.length * 2 }, (_, index) => index + 1);
          const cluster = new RingOfVotes(
            ids.map(() => 1),
            { tieBreaker: "lowest" },
          );
          startAs(cluster, ids);
          const other = ids.filter((id) => !side.includes(id));
          cluster.ring(side);
          cluster.ring(other);
          for (const id of ids) expect(cluster.isQuorate(id)).toBe(side.includes(1) === side.includes(id));
        },
      ),
    );
  });

  test("wait_for_all: no quorum before all votes were present at once", () => {
    fc.assert(
      fc.property(votes, steps, (counts, plan) => {
        fc.pre(counts.every((count) => count > 0));
        const cluster = new RingOfVotes(counts, { isWaitForAll: true });
        let wereAllThere = false;
        for (const parts of play(cluster, counts.length, plan)) {
          wereAllThere ||= parts.some((members) => members.length === counts.length);
          if (!wereAllThere)
            for (const members of parts) for (const id of members) expect(cluster.isQuorate(id)).toBe(false);
        }
      }),
    );
  });
});

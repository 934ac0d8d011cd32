import { describe, expect, test } from "vitest";
import { type Candidate, chooseBestCopy } from "../../src/join/best-copy.ts";
import type { CibSummary } from "../../src/wire/control-message.ts";

function copy(nodeId: number, cib: Partial<CibSummary>): Candidate {
  return {
    nodeId,
    cib: {
      adminEpoch: 0,
      epoch: 1,
      numUpdates: 0,
      schema: "pacemaker-4.0",
      ancestry: [`id-${nodeId}`],
      lineage: `fresh:${nodeId}`,
      isLive: false,
      wasQuorate: false,
      quorateRing: 0,
      quorateEpoch: 0,
      ...cib,
    },
  };
}

const live = { isLive: true, wasQuorate: true, lineage: "L" } as const;

describe("the best copy of the CIB", () => {
  test("of three members of one lineage nobody is stale", () => {
    const shared = { ...live, ancestry: ["a"] };
    expect(chooseBestCopy([copy(1, shared), copy(2, shared), copy(3, shared)], 2)).toMatchObject({
      owner: { nodeId: 2 },
      stale: [],
      isShared: true,
    });
  });

  test("of different changes made with quorum, that of the later ring wins: the other one was never acknowledged", () => {
    const best = chooseBestCopy(
      [
        copy(1, { wasQuorate: true, quorateRing: 12, epoch: 5, numUpdates: 9, ancestry: ["a", "c"] }),
        copy(2, { wasQuorate: true, quorateRing: 16, epoch: 5, ancestry: ["a", "b"] }),
      ],
      1,
    );
    expect(best).toMatchObject({ owner: { nodeId: 2 }, stale: [1], discarded: [1] });
  });

  test("of different changes made in one ring, what most nodes shared wins over what one daemon did alone", () => {
    const best = chooseBestCopy(
      [
        copy(1, { wasQuorate: true, quorateRing: 12, quorateEpoch: 7, epoch: 7, ancestry: ["a", "c"] }),
        copy(2, { wasQuorate: true, quorateRing: 12, quorateEpoch: 4, epoch: 9, ancestry: ["a", "b"] }),
      ],
      2,
    );
    expect(best).toMatchObject({ owner: { nodeId: 1 }, stale: [2], discarded: [2], epochAtLeast: 10 });
  });

  test("a descendant wins over what it descends from, in use or not", () => {
    const best = chooseBestCopy(
      [
        copy(1, { ...live, epoch: 5, ancestry: ["a", "b"] }),
        copy(2, { epoch: 6, ancestry: ["a", "b", "c"] }),
      ],
      1,
    );
    expect(best).toMatchObject({ owner: { nodeId: 2 }, stale: [1], discarded: [], epochAtLeast: 0 });
  });

  test("of different changes those of the side with quorum win, and its epoch rises above the others'", () => {
    const best = chooseBestCopy(
      [
        copy(1, { ...live, epoch: 6, ancestry: ["a", "b"] }),
        copy(2, { isLive: true, lineage: "M", epoch: 9, ancestry: ["a", "c", "d", "e", "f"] }),
      ],
      2,
    );
    expect(best).toMatchObject({ owner: { nodeId: 1 }, stale: [2], discarded: [2], epochAtLeast: 10 });
  });

  test("the administrator's epoch is above all", () => {
    const best = chooseBestCopy(
      [
        copy(1, { ...live, epoch: 6, ancestry: ["a"] }),
        copy(2, { adminEpoch: 1, epoch: 0, ancestry: ["z"] }),
      ],
      1,
    );
    expect(best?.owner.nodeId).toBe(2);
  });

  test("a brand new node never wins", () => {
    expect(
      chooseBestCopy([copy(1, { epoch: 0, ancestry: ["new"] }), copy(2, { epoch: 3, ancestry: ["a"] })], 1)
        ?.owner.nodeId,
    ).toBe(2);
  });

  test("between unrelated equals: more holders, then the DC", () => {
    expect(
      chooseBestCopy(
        [copy(1, { ancestry: ["x"] }), copy(2, { ancestry: ["y"] }), copy(3, { ancestry: ["y"] })],
        1,
      )?.owner.nodeId,
    ).toBe(2);
    expect(chooseBestCopy([copy(1, {}), copy(2, {})], 2)?.owner.nodeId).toBe(2);
  });

  test("a node without a usable copy is stale and never the owner", () => {
    expect(chooseBestCopy([copy(1, { lineage: null, epoch: 9 }), copy(2, {})], 1)).toMatchObject({
      owner: { nodeId: 2 },
      stale: [1],
    });
    expect(chooseBestCopy([copy(1, { lineage: null })], 1)).toBeNull();
  });
});

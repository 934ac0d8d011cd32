import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ActionFlag } from "../../src/model/action.ts";
import { mergeSort } from "../../src/model/merge-sort.ts";
import { NodeFlag } from "../../src/model/node.ts";
import { compareNodeNames } from "../../src/model/node-order.ts";
import { RelationKind } from "../../src/model/ordering.ts";
import { ResourceFlag } from "../../src/model/resource.ts";
import { nextAddress, sanitizeId } from "../../src/model/resources/bundle-configuration.ts";

const nodeName = fc.stringMatching(/^[nN7019.-]{0,6}$/);

describe("order of node names", () => {
  it("takes digits as numbers and ignores case", () => {
    const names = ["node10", "node9", "Node2", "node007", "node7", "node", "alpha"];
    expect([...names].sort(compareNodeNames)).toEqual([
      "alpha",
      "node",
      "Node2",
      "node7",
      "node007",
      "node9",
      "node10",
    ]);
  });

  it("is antisymmetric and transitive", () => {
    fc.assert(
      fc.property(nodeName, nodeName, nodeName, (a, b, c) => {
        expect(Math.sign(compareNodeNames(a, b)) + Math.sign(compareNodeNames(b, a))).toBe(0);
        if (compareNodeNames(a, b) <= 0 && compareNodeNames(b, c) <= 0) {
          expect(compareNodeNames(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

describe("merge sort", () => {
  it("is a stable sort", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat())), (items) => {
        const byFirst = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0];
        expect(mergeSort(items, byFirst)).toEqual([...items].sort(byFirst));
      }),
    );
  });
});

describe("flags", () => {
  for (const [name, flags] of Object.entries({ NodeFlag, ResourceFlag, ActionFlag, RelationKind })) {
    it(`no bit of ${name} has two names`, () => {
      const bits = Object.values(flags).filter((flag) => flag !== 0);
      expect(new Set(bits).size).toBe(bits.length);
      for (const bit of bits) expect(bit & (bit - 1)).toBe(0);
    });
  }
});

describe("generated names", () => {
  it("are valid XML names", () => {
    expect(sanitizeId("b-ip-192.168.1.2")).toBe("b-ip-192.168.1.2");
    expect(sanitizeId("b-ip-fe80::1%eth0")).toBe("b-ip-fe80::1.eth0");
    expect(sanitizeId("0b")).toBe("_b");
  });

  it("follow one address with the next", () => {
    expect(nextAddress("192.168.122.253")).toBe("192.168.122.254");
    expect(nextAddress("192.168.122.254")).toBe("192.168.123.1");
    expect(nextAddress("192.168.254.1")).toBeNull();
    expect(nextAddress("fe80::1")).toBeNull();
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOrder } from "../../../src/placement/utilization/hash-order.ts";

describe("hash table order", () => {
  it("is that of the specification's example", () => {
    expect(hashOrder(["1", "2", "3", "4", "5"])).toEqual(["1", "3", "5", "2", "4"]);
  });

  it("keeps every key once, also through growth", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 200 }), (keys) => {
        expect(hashOrder(keys).sort()).toEqual([...keys].sort());
      }),
    );
  });
});

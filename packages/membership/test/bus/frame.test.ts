import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Packed, pack, unpack } from "../../src/bus/frame.ts";

const messages: fc.Arbitrary<Packed[]> = fc.array(
  fc.record({ to: fc.nat(), content: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 8 },
);

describe("several messages in one", () => {
  test("come out as they went in", () => {
    fc.assert(
      fc.property(messages, (several) => {
        expect(unpack(pack(several))).toEqual(several);
      }),
    );
  });

  test("lengths that do not fit are seen; nothing throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const several = unpack(bytes);
        if (several !== null) expect(pack(several)).toEqual(bytes);
      }),
    );
    const cut = pack([{ to: 1, content: new Uint8Array(5) }]).subarray(0, 12);
    expect(unpack(cut)).toBeNull();
  });
});

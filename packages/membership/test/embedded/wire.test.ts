import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeWireFrame, FrameReader, type WireFrame } from "../../src/embedded/wire.ts";

function readAll(reader: FrameReader): WireFrame[] {
  const frames: WireFrame[] = [];
  for (let frame = reader.next(); frame !== null; frame = reader.next()) {
    if ("problem" in frame) throw new Error(frame.problem);
    frames.push(frame);
  }
  return frames;
}

describe("frames on the wire", () => {
  test("however the stream is cut, the same frames come out", () => {
    const frame = fc.record({
      type: fc.integer({ min: 0, max: 255 }),
      content: fc.uint8Array({ maxLength: 50 }),
    });
    fc.assert(
      fc.property(fc.array(frame), fc.infiniteStream(fc.integer({ min: 1, max: 20 })), (frames, cuts) => {
        const stream = Buffer.concat(frames.map((one) => encodeWireFrame(one.type, one.content)));
        const reader = new FrameReader(100);
        const seen: WireFrame[] = [];
        for (let at = 0; at < stream.length; ) {
          const end = at + cuts.next().value;
          reader.push(stream.subarray(at, end));
          seen.push(...readAll(reader));
          at = end;
        }
        expect(seen.map((one) => [one.type, [...one.content]])).toEqual(
          frames.map((one) => [one.type, [...one.content]]),
        );
      }),
    );
  });

  test("any bytes at all give frames or a problem, never an exception", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const reader = new FrameReader(100);
        for (const chunk of chunks) {
          reader.push(Buffer.from(chunk));
          for (let frame = reader.next(); frame !== null && !("problem" in frame); frame = reader.next());
        }
      }),
    );
  });
});

/**
 * Frames of the local API: four bytes of length (big endian), then that many bytes of UTF-8 JSON. The first frame in
 * each direction is a greeting with the protocol version, so that a later protocol can be told apart.
 */
export const PROTOCOL_VERSION = 1;

/** Larger frames are refused on both sides: a CIB of 10,000 resources with its status is below 40 MiB. */
const FRAME_BYTES_MAX = 128 * 1024 * 1024;

const HEADER_BYTES = 4;

export function encodeFrame(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  if (body.length > FRAME_BYTES_MAX)
    throw new RangeError(`a message of ${body.length} bytes is too large for the local API`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, HEADER_BYTES);
  return frame;
}

export type FrameResult =
  | { readonly ok: true; readonly values: readonly unknown[] }
  | { readonly ok: false; readonly problem: string };

/** Cuts a stream of bytes into frames. After a problem the stream cannot be read further: close the connection. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): FrameResult {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const values: unknown[] = [];
    for (;;) {
      const header = this.#peek(HEADER_BYTES);
      if (header === null) return { ok: true, values };
      const length = header.readUInt32BE(0);
      if (length > FRAME_BYTES_MAX)
        return { ok: false, problem: `a frame of ${length} bytes exceeds the limit of ${FRAME_BYTES_MAX}` };
      const frame = this.#peek(HEADER_BYTES + length);
      if (frame === null) return { ok: true, values };
      this.#chunks = [frame.subarray(HEADER_BYTES + length)];
      this.#size = this.#chunks[0]!.length;
      try {
        values.push(JSON.parse(frame.toString("utf8", HEADER_BYTES, HEADER_BYTES + length)));
      } catch {
        return { ok: false, problem: "a frame does not hold JSON" };
      }
    }
  }

  /** All bytes received so far as one buffer, when there are at least `count`. */
  #peek(count: number): Buffer | null {
    if (this.#size < count) return null;
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }
}

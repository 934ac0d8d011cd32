/**
 * Frames of the local API, and of the connections to remote nodes: four bytes of length (big endian), then that many bytes of UTF-8 JSON. The first frame in
 * each direction is a greeting with the protocol version, so that a later protocol can be told apart.
 */
export const PROTOCOL_VERSION = 1;

/** Larger frames are refused on both sides: a CIB of 10,000 resources with its status is below 40 MiB. */
const FRAME_BYTES_MAX = 128 * 1024 * 1024;

/** The first frame, the greeting, is small: a stranger cannot make the other side keep more than this. */
const GREETING_BYTES_MAX = 4096;

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
  /** With less than this nothing more can be read; so the chunks of a large frame are joined once. */
  #neededSize = HEADER_BYTES;
  #bytesMax = GREETING_BYTES_MAX;

  push(chunk: Buffer): FrameResult {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const values: unknown[] = [];
    while (this.#size >= this.#neededSize) {
      const bytes = this.#joined();
      const length = bytes.readUInt32BE(0);
      if (length > this.#bytesMax)
        return { ok: false, problem: `a frame of ${length} bytes exceeds the limit of ${this.#bytesMax}` };
      const end = HEADER_BYTES + length;
      this.#neededSize = end;
      if (bytes.length < end) continue;
      this.#chunks = [bytes.subarray(end)];
      this.#size = bytes.length - end;
      this.#neededSize = HEADER_BYTES;
      this.#bytesMax = FRAME_BYTES_MAX;
      try {
        values.push(JSON.parse(bytes.toString("utf8", HEADER_BYTES, end)));
      } catch {
        return { ok: false, problem: "a frame does not hold JSON" };
      }
    }
    return { ok: true, values };
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#size)];
    return this.#chunks[0]!;
  }
}

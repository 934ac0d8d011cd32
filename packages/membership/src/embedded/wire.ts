/**
 * Frames between the hub and its clients: length (4 bytes, big-endian, of what follows), type (1 byte), content.
 * Session: the hub sends `hello` (version, nonce); the client answers `proof` (version, name of its node, nonce,
 * MAC); the hub answers `welcome` (MAC) or `refused` (text). Only then other frames are taken. Both MACs are
 * HMAC-SHA256 under the shared key, over role, version, name and both nonces, so that neither can be reflected.
 */
export const WIRE_VERSION = 1;
export const NONCE_BYTES = 32;
export const MAC_BYTES = 32;
/** Enough for the opening of a session, little for a stranger. */
export const OPENING_FRAME_BYTES_MAX = 512;

export const FrameType = {
  hello: 1,
  proof: 2,
  welcome: 3,
  refused: 4,
  ping: 5,
  delivered: 10,
  /** JSON of a ClientEvent other than `delivered`. */
  event: 11,
  join: 20,
  leave: 21,
  multicast: 22,
  setExpectedVotes: 23,
} as const;

export interface WireFrame {
  readonly type: number;
  readonly content: Buffer;
}

export function encodeWireFrame(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 0);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, ...parts]);
}

/** Cuts a stream of bytes into frames; keeps at most one frame and the bytes of the chunks given. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #byteCount = 0;
  #frameBytesMax: number;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  set frameBytesMax(bytes: number) {
    this.#frameBytesMax = bytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#byteCount += chunk.length;
  }

  /** The next whole frame, null when more bytes are needed, or what is wrong with the stream. */
  next(): WireFrame | null | { readonly problem: string } {
    if (this.#byteCount < 5) return null;
    const head = this.#peek(4);
    const length = head.readUInt32BE(0);
    if (length === 0 || length > this.#frameBytesMax)
      return { problem: `a frame of ${length} bytes, where 1 to ${this.#frameBytesMax} are allowed` };
    if (this.#byteCount < 4 + length) return null;
    const bytes = this.#take(4 + length);
    return { type: bytes.readUInt8(4), content: bytes.subarray(5) };
  }

  #peek(count: number): Buffer {
    if (this.#chunks[0]!.length < count) this.#chunks = [Buffer.concat(this.#chunks, this.#byteCount)];
    return this.#chunks[0]!;
  }

  #take(count: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#byteCount);
    const rest = all.subarray(count);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#byteCount = rest.length;
    return all.subarray(0, count);
  }
}

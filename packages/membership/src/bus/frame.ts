import type { NodeId } from "@quorate/ports";

/**
 * One engine message: a whole message of the bus, a piece of one, or several. Bytes, numbers big-endian:
 * 0 magic 0x51 · 1 version · 2 piece (see `Piece`) · 3 zero · 4-7 number of the message, counting up for each sender ·
 * 8-11 receiver, 0 for all · 12-15 bytes of the whole message · 16- content.
 */
export interface Frame {
  readonly piece: Piece;
  readonly messageNumber: number;
  /** 0: all nodes. */
  readonly to: NodeId;
  readonly totalBytes: number;
  readonly content: Uint8Array;
}

export const Piece = { whole: 0, first: 1, middle: 2, last: 3, several: 4 } as const;
export type Piece = (typeof Piece)[keyof typeof Piece];

export const FRAME_HEADER_BYTES = 16;
const BUS_VERSION = 1;
const MAGIC = 0x51;

export function encodeFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + frame.content.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MAGIC);
  view.setUint8(1, BUS_VERSION);
  view.setUint8(2, frame.piece);
  view.setUint32(4, frame.messageNumber);
  view.setUint32(8, frame.to);
  view.setUint32(12, frame.totalBytes);
  bytes.set(frame.content, FRAME_HEADER_BYTES);
  return bytes;
}

export type DecodedFrame =
  | { readonly ok: true; readonly frame: Frame }
  | { readonly ok: false; readonly problem: string };

/** The content is a view of the given bytes. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  if (bytes.length < FRAME_HEADER_BYTES) return { ok: false, problem: `only ${bytes.length} bytes` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== MAGIC) return { ok: false, problem: "not a message of this bus" };
  const version = view.getUint8(1);
  if (version !== BUS_VERSION)
    return { ok: false, problem: `version ${version}, this node speaks ${BUS_VERSION}` };
  const piece = view.getUint8(2);
  if (!isPiece(piece)) return { ok: false, problem: `unknown kind of piece ${piece}` };
  return {
    ok: true,
    frame: {
      piece,
      messageNumber: view.getUint32(4),
      to: view.getUint32(8),
      totalBytes: view.getUint32(12),
      content: bytes.subarray(FRAME_HEADER_BYTES),
    },
  };
}

const PIECES: readonly number[] = Object.values(Piece);

function isPiece(value: number): value is Piece {
  return PIECES.includes(value);
}

/** A message of its own for the bus. */
export interface Packed {
  /** 0: all nodes. */
  readonly to: NodeId;
  readonly content: Uint8Array;
}

/** What each message takes beside its content among several. */
export const PACKED_HEADER_BYTES = 8;

/** The content of a frame of several messages: for each its receiver, its length, and its content. */
export function pack(messages: readonly Packed[]): Uint8Array {
  const length = messages.reduce((sum, { content }) => sum + PACKED_HEADER_BYTES + content.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { to, content } of messages) {
    view.setUint32(at, to);
    view.setUint32(at + 4, content.length);
    bytes.set(content, at + PACKED_HEADER_BYTES);
    at += PACKED_HEADER_BYTES + content.length;
  }
  return bytes;
}

/** Null when the lengths do not fit. The contents are views of the given bytes. */
export function unpack(bytes: Uint8Array): readonly Packed[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: Packed[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < PACKED_HEADER_BYTES) return null;
    const start = at + PACKED_HEADER_BYTES;
    const end = start + view.getUint32(at + 4);
    if (end > bytes.length) return null;
    messages.push({ to: view.getUint32(at), content: bytes.subarray(start, end) });
    at = end;
  }
  return messages;
}

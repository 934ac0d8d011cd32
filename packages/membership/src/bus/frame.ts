import type { NodeId } from "@quorate/ports";

/**
 * One engine message: a whole message of the bus or a piece of one. Bytes, numbers big-endian:
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

export const Piece = { whole: 0, first: 1, middle: 2, last: 3 } as const;
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
  if (piece !== Piece.whole && piece !== Piece.first && piece !== Piece.middle && piece !== Piece.last)
    return { ok: false, problem: `unknown kind of piece ${piece}` };
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

/**
 * What goes around each message. Bytes, numbers big-endian: 0 magic 0x51 · 1 version · 2 kind (see `FrameKind`) · 3 zero · 4-7 number of the message, counting up for
 * each process from 1. Corosync may drop a message that it took, when it is overloaded, with no more than a line in its log: the number
 * makes the gap visible. Source: Corosync interface facts, 4.
 */
export const FRAME_HEADER_BYTES = 8;

const MAGIC = 0x51;
const VERSION = 1;

/** `sign`: has no content and is for its sender, who learns from it that Corosync delivers. */
export const FrameKind = { message: 0, sign: 1 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export function encodeFrame(kind: FrameKind, sequence: number, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + message.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MAGIC);
  view.setUint8(1, VERSION);
  view.setUint8(2, kind);
  view.setUint32(4, sequence);
  bytes.set(message, FRAME_HEADER_BYTES);
  return bytes;
}

export type DecodedFrame =
  | { readonly ok: true; readonly kind: FrameKind; readonly sequence: number; readonly message: Uint8Array }
  | { readonly ok: false; readonly problem: string };

/** The message is a view of the given bytes. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  if (bytes.length < FRAME_HEADER_BYTES) return { ok: false, problem: `only ${bytes.length} bytes` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== MAGIC) return { ok: false, problem: "not a message of Quorate" };
  const version = view.getUint8(1);
  if (version !== VERSION) return { ok: false, problem: `version ${version}, this node speaks ${VERSION}` };
  const kind = view.getUint8(2);
  if (kind !== FrameKind.message && kind !== FrameKind.sign)
    return { ok: false, problem: `unknown kind ${kind}` };
  return { ok: true, kind, sequence: view.getUint32(4), message: bytes.subarray(FRAME_HEADER_BYTES) };
}

/** Numbers go round: 0xffffffff is followed by 1. */
export function sequenceAfter(sequence: number): number {
  return sequence === 0xffffffff ? 1 : sequence + 1;
}

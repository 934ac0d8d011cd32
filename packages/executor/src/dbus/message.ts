import { type DBusType, parseSignature } from "./signature.ts";
import { type DBusValue, type DBusVariant, Reader, Writer } from "./values.ts";

export const MessageType = { call: 1, reply: 2, error: 3, signal: 4 } as const;

/** Source: D-Bus specification, "Message protocol". Texts that a message does not have are empty. */
export interface DBusMessage {
  /** One of `MessageType`. */
  readonly type: number;
  readonly serial: number;
  /** Serial of the call that a reply or an error answers; 0 in other messages. */
  readonly replySerial: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  readonly destination: string;
  readonly sender: string;
  readonly signature: string;
  readonly body: readonly DBusValue[];
}

export const NO_FIELDS = {
  replySerial: 0,
  path: "",
  interface: "",
  member: "",
  errorName: "",
  destination: "",
  sender: "",
  signature: "",
  body: [],
} as const;

const PROTOCOL_VERSION = 1;
/** Far more than systemd has to say, far less than the protocol allows. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

type TextField = "path" | "interface" | "member" | "errorName" | "destination" | "sender" | "signature";

/** Codes of the header's fields and the types of their values; 5 (reply serial) is the only number. */
const TEXT_FIELDS: readonly (readonly [code: number, name: TextField, type: string])[] = [
  [1, "path", "o"],
  [2, "interface", "s"],
  [3, "member", "s"],
  [4, "errorName", "s"],
  [6, "destination", "s"],
  [7, "sender", "s"],
  [8, "signature", "g"],
];
const REPLY_SERIAL = 5;
const FIELDS_TYPE: DBusType = parseSignature("a(yv)")[0]!;
const BYTE: DBusType = { kind: "basic", code: "y" };
const UINT32: DBusType = { kind: "basic", code: "u" };
const FIXED_BYTES = 16;

export function encodeMessage(message: DBusMessage): Buffer {
  const body = new Writer();
  for (const [index, type] of parseSignature(message.signature).entries())
    body.write(type, message.body[index]!);
  const fields: [number, DBusVariant][] = TEXT_FIELDS.filter(([, name]) => message[name] !== "").map(
    ([code, name, signature]) => [code, { signature, value: message[name] }],
  );
  if (message.replySerial !== 0) fields.push([REPLY_SERIAL, { signature: "u", value: message.replySerial }]);
  const header = new Writer();
  for (const byte of ["l".charCodeAt(0), message.type, 0, PROTOCOL_VERSION]) header.write(BYTE, byte);
  header.write(UINT32, body.length);
  header.write(UINT32, message.serial);
  header.write(FIELDS_TYPE, fields);
  header.align(8);
  return Buffer.concat([header.bytes(), body.bytes()]);
}

/**
 * The first message in the bytes and how many of them it takes; null when it is not complete yet.
 * @throws Error when this is no D-Bus message
 */
export function decodeMessage(
  bytes: Buffer,
): { readonly message: DBusMessage; readonly size: number } | null {
  if (bytes.length < FIXED_BYTES) return null;
  const order = String.fromCharCode(bytes[0]!);
  if (order !== "l" && order !== "B") throw new Error("the other side does not speak D-Bus");
  const isLittle = order === "l";
  const uint32 = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const bodyBytes = uint32(4);
  const headerBytes = Math.ceil((FIXED_BYTES + uint32(12)) / 8) * 8;
  const size = headerBytes + bodyBytes;
  if (size > MESSAGE_BYTES_MAX) throw new Error(`a D-Bus message of ${size} bytes is too long`);
  if (bytes.length < size) return null;

  const reader = new Reader(bytes.subarray(0, headerBytes), isLittle);
  const [, type] = [reader.read(BYTE), reader.read(BYTE), reader.read(BYTE), reader.read(BYTE)] as number[];
  reader.read(UINT32);
  const serial = reader.read(UINT32) as number;
  const texts: Record<TextField, string> = {
    path: "",
    interface: "",
    member: "",
    errorName: "",
    destination: "",
    sender: "",
    signature: "",
  };
  let replySerial = 0;
  for (const [code, { value }] of reader.read(FIELDS_TYPE) as unknown as readonly [number, DBusVariant][]) {
    const name = TEXT_FIELDS.find(([known]) => known === code)?.[1];
    if (name !== undefined) texts[name] = String(value);
    else if (code === REPLY_SERIAL) replySerial = Number(value);
  }
  const bodyReader = new Reader(bytes.subarray(headerBytes, size), isLittle);
  const body = parseSignature(texts.signature).map((one) => bodyReader.read(one));
  return { message: { type: type!, serial, replySerial, ...texts, body }, size };
}

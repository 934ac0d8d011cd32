/** The few forms of DER that a certificate is made of. Source: ITU-T X.690. */
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function encode(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from(header), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(TAG.sequence, Buffer.concat(parts));
}

export function setOf(part: Uint8Array): Buffer {
  return encode(TAG.set, part);
}

/** A number that is not negative, as big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = Buffer.from(bytes.subarray(start));
  return encode(TAG.integer, digits[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

export function bitString(content: Uint8Array): Buffer {
  return encode(TAG.bitString, Buffer.concat([Buffer.of(0), content]));
}

export function octetString(content: Uint8Array): Buffer {
  return encode(TAG.octetString, content);
}

/** `dotted`: for example `2.5.4.3`. */
export function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first! * 40 + second!, ...rest]) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) | 0x80);
    bytes.push(...digits);
  }
  return encode(TAG.objectId, Buffer.from(bytes));
}

export function utf8String(text: string): Buffer {
  return encode(TAG.utf8String, Buffer.from(text, "utf8"));
}

/** A time of a certificate: years until 2049 have two digits, later ones four, and strict readers insist. Source: RFC 5280, 4.1.2.5. */
export function certificateTime(time: Date): Buffer {
  const text = `${time.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  const isShort = time.getUTCFullYear() < 2050;
  return encode(
    isShort ? TAG.utcTime : TAG.generalizedTime,
    Buffer.from(isShort ? text.slice(2) : text, "latin1"),
  );
}

/** `[number] EXPLICIT`. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return encode(0xa0 | number, content);
}

/** `[number] IMPLICIT` of a primitive type. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return encode(0x80 | number, content);
}

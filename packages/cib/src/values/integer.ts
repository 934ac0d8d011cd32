const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** What stands at the beginning of a text as an integer. */
export interface ScannedInteger {
  /** Clipped to signed 64 bit. */
  readonly value: bigint;
  readonly isOutOfRange: boolean;
  /** Index of the first character behind the digits. */
  readonly end: number;
}

/**
 * Reads optional white space, an optional sign and decimal digits; what follows is left to the caller. Null when
 * there are no digits. Source: scheduler specification, part 1, 2.1.
 */
export function scanInteger(text: string): ScannedInteger | null {
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)/.exec(text);
  if (match === null) return null;
  const exact = match[1] === "-" ? -BigInt(match[2] ?? "0") : BigInt(match[2] ?? "0");
  const value = exact > LONG_MAX ? LONG_MAX : exact < LONG_MIN ? LONG_MIN : exact;
  return { value, isOutOfRange: value !== exact, end: match[0].length };
}

/**
 * The integer at the beginning of a text (`12abc` is 12); null without digits or outside signed 64 bit. Values beyond
 * 2^53 are rounded. Source: part 1, 2.1.
 */
export function parseInteger(text: string): number | null {
  const plain = plainDigits(text);
  if (plain !== null) return plain;
  const scanned = scanInteger(text);
  return scanned === null || scanned.isOutOfRange ? null : Number(scanned.value);
}

/** Of a text that is nothing but a few digits, which nearly all numbers of a CIB are; null for others. */
function plainDigits(text: string): number | null {
  if (text.length === 0 || text.length > 15) return null;
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}

/** An integer that must fit signed 32 bit; null otherwise. Source: part 1, 2.1.2. */
export function parseInteger32(text: string): number | null {
  const value = parseInteger(text);
  return value === null || value > 2147483647 || value < -2147483648 ? null : value;
}

/** An integer with a least value, such as `clone-max`: what is absent, invalid or lower is the minimum. Source: part 1, 2.1.4. */
export function parseIntegerAtLeast(text: string | null, minimum: number): number {
  const scanned = text === null ? null : scanInteger(text);
  if (scanned === null) return minimum;
  return Math.min(Math.max(Number(scanned.value), minimum), 2147483647);
}

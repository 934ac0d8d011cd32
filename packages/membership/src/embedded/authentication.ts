import { createHmac, timingSafeEqual } from "node:crypto";
import { MAC_BYTES, WIRE_VERSION } from "./wire.ts";

export interface SessionIdentity {
  readonly nodeName: string;
  readonly hubNonce: Uint8Array;
  readonly clientNonce: Uint8Array;
}

/** The least length of the shared key. */
const KEY_BYTES_MIN = 16;

export function assertKey(key: Uint8Array): void {
  if (key.length < KEY_BYTES_MIN)
    throw new Error(`the key of the hub has ${key.length} bytes: it needs ${KEY_BYTES_MIN} or more`);
}

/** What one side of a session shows to prove that it has the key. */
export function sessionMac(key: Uint8Array, role: "client" | "hub", session: SessionIdentity): Buffer {
  const name = Buffer.from(session.nodeName, "utf8");
  return createHmac("sha256", key)
    .update(`quorate ${role} ${WIRE_VERSION} ${name.length} `)
    .update(name)
    .update(session.hubNonce)
    .update(session.clientNonce)
    .digest();
}

/** Takes the same time for any wrong value. */
export function isSameMac(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === MAC_BYTES && timingSafeEqual(given, expected);
}

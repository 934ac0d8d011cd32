import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  bitString,
  certificateTime,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  utf8String,
} from "./der.ts";

export interface OwnCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8: a secret. */
  readonly key: string;
}

const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const COMMON_NAME = "2.5.4.3";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const DNS_NAME = 2;
/** X.509 limits a common name. */
const COMMON_NAME_LENGTH_MAX = 64;
/** "No well-defined expiration": what is trusted is this very certificate, whose end is its removal. Source: RFC 5280, 4.1.2.5. */
const NEVER = new Date(Date.UTC(9999, 11, 31, 23, 59, 59));

/**
 * A new P-256 key and a certificate for it, version 3, signed by itself. Whoever connects pins it, so no authority, and no
 * clock that goes wrong, takes part.
 */
export function makeSelfSigned(hostName: string, now: Date): OwnCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const serial = randomBytes(16);
  serial[0]! &= 0x7f;
  const name = sequence(
    setOf(sequence(objectId(COMMON_NAME), utf8String(hostName.slice(0, COMMON_NAME_LENGTH_MAX)))),
  );
  const names = sequence(implicit(DNS_NAME, Buffer.from(hostName, "latin1")));
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serial),
    ECDSA_WITH_SHA256,
    name,
    // A day in the past: clocks of hosts differ.
    sequence(certificateTime(new Date(now.getTime() - 86_400_000)), certificateTime(NEVER)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(sequence(objectId(SUBJECT_ALTERNATIVE_NAME), octetString(names)))),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return {
    certificate: pem("CERTIFICATE", certificate),
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g)!;
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

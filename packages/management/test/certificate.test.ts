import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { certificateTime, integer, octetString } from "../src/certificate/der.ts";
import { makeSelfSigned } from "../src/certificate/self-signed.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("DER", () => {
  // X.690, 8.1.3: the short form up to 127, then the count of the bytes that hold the length.
  test.each([
    [0, "0400"],
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [65_536, "0483010000"],
  ])("a content of %i bytes", (length, header) => {
    const encoded = octetString(new Uint8Array(length));
    expect(hex(encoded.subarray(0, header.length / 2))).toBe(header);
    expect(encoded).toHaveLength(header.length / 2 + length);
  });

  // 8.3: no more bytes than are needed, and none that reads as negative.
  test.each([
    ["00", "020100"],
    ["7f", "02017f"],
    ["80", "02020080"],
    ["ff01", "020300ff01"],
    ["000001", "020101"],
    ["000080", "02020080"],
  ])("the number %s", (bytes, encoded) => {
    expect(hex(integer(Buffer.from(bytes, "hex")))).toBe(encoded);
  });

  test.each([
    ["2049-12-31T23:59:59Z", "170d", "491231235959Z"],
    ["2050-01-01T00:00:00Z", "180f", "20500101000000Z"],
  ])("the time %s", (time, header, text) => {
    expect(hex(certificateTime(new Date(time)))).toBe(`${header}${hex(Buffer.from(text))}`);
  });
});

describe("a certificate", () => {
  const now = new Date("2030-05-06T07:08:09Z");

  test.each(["a", "node1.example.org", `${"n".repeat(60)}.${"m".repeat(60)}.${"o".repeat(60)}.example.org`])(
    "of %s is read by OpenSSL as it was meant",
    (hostName) => {
      const made = makeSelfSigned(hostName, now);
      const read = new X509Certificate(made.certificate);
      expect(read.verify(read.publicKey)).toBe(true);
      expect(read.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
      expect(read.subjectAltName).toBe(`DNS:${hostName}`);
      expect(read.issuer).toBe(`CN=${hostName.slice(0, 64)}`);
      expect(new Date(read.validFrom)).toEqual(new Date("2030-05-05T07:08:09Z"));
      expect(new Date(read.validTo)).toEqual(new Date("9999-12-31T23:59:59Z"));
    },
  );
});

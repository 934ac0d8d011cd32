import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalXml, XmlElement } from "@quorate/xml";

/** Attributes that nodes may write differently without having different configurations. */
const UNCOMPARED_ATTRIBUTES: ReadonlySet<string> = new Set([
  "crm-debug-origin",
  "cib-last-written",
  "update-origin",
  "update-client",
  "update-user",
]);

/**
 * The digest beside a file on disk and of `cibadmin --md5-sum`: MD5, 32 lower-case hex digits.
 * All digests: CIB specification, section 6.
 */
export function digestV1(element: XmlElement): string {
  return md5Hex(` ${canonicalXml(element)}\n`);
}

/**
 * The digest of operation parameters: like v1, the attributes of this one element sorted by the bytes of
 * their names. Children are left as they are.
 */
export function digestV1Sorted(element: XmlElement): string {
  const attributes = [...element.attributes].sort(([a], [b]) => compareBytes(a, b));
  const sorted = new XmlElement(element.name, attributes);
  for (const child of element.children) sorted.append(child.clone());
  return digestV1(sorted);
}

/** The digest by which nodes compare their CIBs, of patchsets and of `cibadmin --md5-sum-versioned`. */
export function digestV2(element: XmlElement): string {
  return md5Hex(canonicalXml(element, { omitAttributes: UNCOMPARED_ATTRIBUTES }));
}

/** MD5 of the UTF-8 bytes of a text, as 32 lower-case hex digits. Not for secrets: MD5 is what the formats fix. */
export function md5Hex(text: string): string {
  return bytesToHex(md5(utf8ToBytes(text)));
}

/** UTF-8 sorts like code points, which UTF-16 code units do not above the basic plane. */
function compareBytes(a: string, b: string): number {
  const aBytes = utf8ToBytes(a);
  const bBytes = utf8ToBytes(b);
  for (let index = 0; index < Math.min(aBytes.length, bBytes.length); index++) {
    const difference = (aBytes[index] ?? 0) - (bBytes[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return aBytes.length - bBytes.length;
}

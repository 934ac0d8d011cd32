import { canonicalXml, XmlElement } from "@quorate/xml";
import { md5 } from "js-md5";

/** Attributes that nodes may write differently without having different configurations. */
export const UNCOMPARED_ATTRIBUTES: ReadonlySet<string> = new Set([
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
  return md5(text);
}

export function md5OfBytes(bytes: Uint8Array): string {
  return md5(bytes);
}

/** Order of the UTF-8 bytes of two texts. UTF-8 sorts like code points, which UTF-16 code units do not: those of a pair stand for what is beyond all single ones. */
export function compareBytes(a: string, b: string): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const difference = rankOf(a.charCodeAt(index)) - rankOf(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rankOf(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}

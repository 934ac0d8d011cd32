export { XmlAttributes } from "./attributes.ts";
export { indexById } from "./id-index.ts";
export { type ParseOptions, type ParseResult, parseXml, type XmlError } from "./parse.ts";
export {
  type CanonicalOptions,
  canonicalXml,
  escapeAttribute,
  escapeText,
  serializeXml,
} from "./serialize.ts";
export { detach, XmlComment, XmlElement, type XmlNode, XmlText } from "./tree.ts";
export { decodeUtf8, encodeUtf8 } from "./utf8.ts";
export type { XmlAttributeMatch, XPathMatch } from "./xpath/facade.ts";
export { selectXPath, type XPathResult } from "./xpath/select.ts";

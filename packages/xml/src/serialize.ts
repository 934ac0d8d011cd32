import type { XmlElement, XmlNode } from "./tree.ts";

/**
 * What is put in the place of an element with all below it; null when it is to be written. Asked for every element that is written but
 * the first, and those beside text.
 */
export type PieceOf = (element: XmlElement) => string | null;

export interface SerializeOptions {
  /** Levels above the element that are not written: it is moved to the right by so many. */
  readonly depth?: number;
  readonly pieceOf?: PieceOf;
}

export interface CanonicalOptions {
  readonly pieceOf?: PieceOf;
  /** Attributes with one of these names are left out, on every element. */
  readonly omitAttributes?: ReadonlySet<string>;
}

/**
 * The document as the classic tools print it: two blanks per level, one element per line, no declaration, a
 * newline at the end. An element that holds text is written on one line, so that the text is not changed.
 * Source: scheduler specification, part 4, 13.8.
 */
export function serializeXml(element: XmlElement, { depth = 0, pieceOf }: SerializeOptions = {}): string {
  return write(element, { isPretty: true, depth, omit: null, pieceOf: pieceOf ?? null });
}

/**
 * The document on one line without blanks between elements: the text that digests are made of.
 * Source: CIB specification, section 6.
 */
export function canonicalXml(element: XmlElement, options: CanonicalOptions = {}): string {
  const { omitAttributes = null, pieceOf = null } = options;
  return write(element, { isPretty: false, depth: 0, omit: omitAttributes, pieceOf });
}

/** Text of an attribute value between double quotes. Source: CIB specification, section 6. */
export function escapeAttribute(value: string): string {
  return ATTRIBUTE_SPECIAL.test(value) ? value.replace(ATTRIBUTE_SPECIALS, replaceSpecial) : value;
}

/** Text between tags: like in attributes, but quotes, newlines and tabs stay. */
export function escapeText(text: string): string {
  return TEXT_SPECIAL.test(text) ? text.replace(TEXT_SPECIALS, replaceSpecial) : text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here.
const ATTRIBUTE_SPECIAL = /[\u0000-\u001f"&<>\u007f]/;
const ATTRIBUTE_SPECIALS = new RegExp(ATTRIBUTE_SPECIAL, "g");
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here.
const TEXT_SPECIAL = /[\u0000-\u0008\u000b-\u001f&<>\u007f]/;
const TEXT_SPECIALS = new RegExp(TEXT_SPECIAL, "g");

function replaceSpecial(character: string): string {
  switch (character) {
    case "&":
      return "&amp;";
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return `&#x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")};`;
  }
}

/** One open element of the walk. `isInline` holds for everything inside an element that has text. */
interface Frame {
  readonly element: XmlElement;
  readonly isInline: boolean;
  next: number;
}

/**
 * V8 keeps a text that grows as a tree of its pieces until somebody looks into it; a tree of millions of pieces costs
 * several times the text in memory and collection. So finished stretches of this many UTF-16 code units are made flat.
 */
const STRETCH_LENGTH = 32_768;

interface Manner {
  readonly isPretty: boolean;
  readonly depth: number;
  readonly omit: ReadonlySet<string> | null;
  readonly pieceOf: PieceOf | null;
}

function write(root: XmlElement, { isPretty, depth, omit, pieceOf }: Manner): string {
  let finished = "";
  let out = "";
  const frames: Frame[] = [];
  const indents: string[] = [""];

  const start = (element: XmlElement, isInline: boolean): void => {
    if (isPretty && !isInline) out += indentOf(indents, depth + frames.length);
    out += `<${element.name}`;
    const { attributes } = element;
    for (let index = 0; index < attributes.size; index++) {
      const name = attributes.nameAt(index);
      if (omit === null || !omit.has(name)) out += ` ${name}="${escapeAttribute(attributes.valueAt(index))}"`;
    }
    const isEmpty = element.children.length === 0;
    out += isEmpty ? "/>" : ">";
    const isInlineInside = isInline || element.children.some(isText);
    if (isPretty && !isInline && (isEmpty || !isInlineInside)) out += "\n";
    if (!isEmpty) frames.push({ element, isInline: isInlineInside, next: 0 });
  };

  start(root, false);
  for (let frame = frames[frames.length - 1]; frame !== undefined; frame = frames[frames.length - 1]) {
    if (out.length > STRETCH_LENGTH) {
      out.charCodeAt(0);
      finished += out;
      out = "";
    }
    const child = frame.element.children[frame.next++];
    if (child === undefined) {
      frames.pop();
      const isParentInline = frames[frames.length - 1]?.isInline ?? false;
      if (isPretty && !frame.isInline) out += indentOf(indents, depth + frames.length);
      out += `</${frame.element.name}>`;
      if (isPretty && !isParentInline) out += "\n";
    } else if (child.kind === "element") {
      const piece = pieceOf === null || frame.isInline ? null : pieceOf(child);
      if (piece === null) start(child, frame.isInline);
      else out += piece;
    } else if (child.kind === "text") {
      out += isPretty && child.isCdata ? cdata(child.text) : escapeText(child.text);
    } else {
      if (isPretty && !frame.isInline) out += indentOf(indents, depth + frames.length);
      out += `<!--${child.text}-->`;
      if (isPretty && !frame.isInline) out += "\n";
    }
  }
  return finished + out;
}

/** A text that contains the end marker goes into two sections. */
function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

function indentOf(indents: string[], depth: number): string {
  while (indents.length <= depth) indents.push(`${indents[indents.length - 1]}  `);
  return indents[depth] ?? "";
}

function isText(node: XmlNode): boolean {
  return node.kind === "text";
}

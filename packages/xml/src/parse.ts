import { XmlAttributes } from "./attributes.ts";
import { isXmlName } from "./names.ts";
import { StringTable } from "./string-table.ts";
import { XmlComment, XmlElement, XmlText } from "./tree.ts";

/** Bounds for input that nobody vouches for. A document beyond one of them is refused, not cut. */
export interface ParseOptions {
  /** Longest accepted text, in UTF-16 code units. Default 256 Mi. */
  readonly lengthMax?: number;
  /** Deepest accepted nesting; the root is at depth 1. Default 256; a CIB needs about 15. */
  readonly depthMax?: number;
  /** Most accepted elements, texts and comments together. Default 8 Mi. */
  readonly nodeCountMax?: number;
  /** Most accepted attributes of one element. Default 1024; a CIB needs about 20. */
  readonly attributeCountMax?: number;
  /** Longest accepted attribute value, text or comment, in UTF-16 code units. Default 10 Mi. */
  readonly valueLengthMax?: number;
}

export interface XmlError {
  /** What is wrong, without the place. */
  readonly message: string;
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
}

export type ParseResult =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly error: XmlError };

const MEBI = 1024 * 1024;

/** What XML 1.0 does not allow anywhere; halves of surrogate pairs come extra. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const DISALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const SURROGATE_HALF = /\p{Surrogate}/u;

/**
 * Parses a document that must be well-formed XML 1.0. Text that is only white space is dropped, and so are
 * comments outside the root, processing instructions and the declaration. Prefixes of names are kept as they
 * are written. A document type that defines entities is refused, one that does not is ignored, so that the
 * tree never holds more text than the input. Never throws and does not recurse.
 */
export function parseXml(text: string, options: ParseOptions = {}): ParseResult {
  const lengthMax = options.lengthMax ?? 256 * MEBI;
  if (text.length > lengthMax) {
    const message = `the document has ${text.length} characters, more than the ${lengthMax} allowed`;
    return { ok: false, error: { message, line: 1, column: 1 } };
  }
  // XML 1.0, 2.11: line ends are normalised before anything else.
  const normalised = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  try {
    return { ok: true, root: new Parser(normalised, options).document() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, error: { message: error.message, ...placeOf(normalised, error.index) } };
  }
}

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index);
  return { line: before.split("\n").length, column: index - before.lastIndexOf("\n") };
}

/** Leaves the parser at the first mistake. */
class Refusal extends Error {
  /** Of the mistake in the text, from 0. */
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

const TAB = 0x09;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const EXCLAMATION = 0x21;
const QUOTE = 0x22;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const BRACKET = 0x5b;

/** By character code: 1 begins a name, 2 goes on in it. What is not ASCII is judged when the name is complete. */
const NAME_CHARACTERS = new Uint8Array(128);
for (const code of range(0x61, 0x7a)) NAME_CHARACTERS[code] = 3;
for (const code of range(0x41, 0x5a)) NAME_CHARACTERS[code] = 3;
for (const code of [0x3a, 0x5f]) NAME_CHARACTERS[code] = 3;
for (const code of [...range(0x30, 0x39), 0x2d, 0x2e]) NAME_CHARACTERS[code] = 2;

const DECLARATION =
  /<\?xml\s+version\s*=\s*(["'])1\.[0-9]+\1(?:\s+encoding\s*=\s*(["'])[A-Za-z][A-Za-z0-9._-]*\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * One pass over the text with an index. The two loops that see most characters, over names and over attribute values, look
 * at each once and hash it on the way, so that a repeated string is found instead of made.
 */
class Parser {
  readonly #text: string;
  readonly #depthMax: number;
  readonly #nodeCountMax: number;
  readonly #attributeCountMax: number;
  readonly #valueLengthMax: number;
  readonly #strings = new StringTable();
  #index = 0;
  #root: XmlElement | null = null;
  #current: XmlElement | null = null;
  #depth = 0;
  #nodeCount = 0;
  #hasDoctype = false;
  /** Of the character at `#nextNewline` and before; grows with the elements. */
  #line = 1;
  #nextNewline: number;

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#depthMax = options.depthMax ?? 256;
    this.#nodeCountMax = options.nodeCountMax ?? 8 * MEBI;
    this.#attributeCountMax = options.attributeCountMax ?? 1024;
    this.#valueLengthMax = options.valueLengthMax ?? 10 * MEBI;
    this.#nextNewline = text.indexOf("\n");
  }

  document(): XmlElement {
    const text = this.#text;
    this.#refuseAt(text.search(SURROGATE_HALF), "half of a surrogate pair is not a character");
    this.#refuseAt(text.search(DISALLOWED), "disallowed character");
    if (text.charCodeAt(0) === 0xfeff) this.#index = 1;
    this.#declaration();
    while (this.#index < text.length) {
      if (text.charCodeAt(this.#index) === LESS) this.#markup();
      else this.#characters();
    }
    if (this.#current !== null) this.#refuse(`unclosed tag: ${this.#current.name}`);
    if (this.#root === null) this.#refuse("the document has no root element");
    return this.#root;
  }

  #declaration(): void {
    if (!this.#text.startsWith("<?xml", this.#index)) return;
    DECLARATION.lastIndex = this.#index;
    const match = DECLARATION.exec(this.#text);
    if (match !== null) this.#index += match[0].length;
  }

  #markup(): void {
    switch (this.#text.charCodeAt(this.#index + 1)) {
      case SLASH:
        this.#closeTag();
        return;
      case QUESTION:
        this.#instruction();
        return;
      case EXCLAMATION:
        this.#declarationOrComment();
        return;
      default:
        this.#openTag();
    }
  }

  #openTag(): void {
    const text = this.#text;
    const tagIndex = this.#index;
    this.#index = tagIndex + 1;
    const name = this.#name("tag name");
    const pairs: string[] = [];
    for (;;) {
      const afterValue = this.#index;
      this.#skipBlanks();
      const code = text.charCodeAt(this.#index);
      if (code === GREATER || code === SLASH) break;
      if (Number.isNaN(code)) this.#refuse(`unclosed tag: ${name}`);
      if (this.#index === afterValue) this.#refuse("no white space between attributes");
      const attribute = this.#name("attribute name");
      // Also what keeps the search for duplicates short.
      if (pairs.length === 2 * this.#attributeCountMax)
        this.#refuse(`element ${name} has more than ${this.#attributeCountMax} attributes`, tagIndex);
      for (let index = 0; index < pairs.length; index += 2) {
        if (pairs[index] === attribute) this.#refuse(`duplicate attribute: ${attribute}`);
      }
      this.#skipBlanks();
      if (text.charCodeAt(this.#index) !== EQUALS) this.#refuse(`attribute ${attribute} has no value`);
      this.#index++;
      this.#skipBlanks();
      pairs.push(attribute, this.#value(attribute));
    }
    const isEmpty = text.charCodeAt(this.#index) === SLASH;
    if (isEmpty) this.#index++;
    if (text.charCodeAt(this.#index) !== GREATER) this.#refuse("> is missing after /");
    this.#index++;
    this.#open(new XmlElement(name, new XmlAttributes(pairs), this.#lineOf(tagIndex)), isEmpty, tagIndex);
  }

  #open(element: XmlElement, isEmpty: boolean, tagIndex: number): void {
    if (this.#depth + 1 > this.#depthMax)
      this.#refuse(`elements are nested deeper than ${this.#depthMax}`, tagIndex);
    this.#countNode();
    const parent = this.#current;
    if (parent !== null) {
      element.parent = parent;
      parent.children.push(element);
    } else {
      if (this.#root !== null) this.#refuse("only one root element is allowed", tagIndex);
      this.#root = element;
    }
    if (isEmpty) return;
    this.#depth++;
    this.#current = element;
  }

  #closeTag(): void {
    const tagIndex = this.#index;
    this.#index += 2;
    const name = this.#name("tag name");
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#index) !== GREATER) this.#refuse("> is missing in a close tag");
    this.#index++;
    const open = this.#current;
    if (open === null) this.#refuse("unexpected close tag", tagIndex);
    if (open.name !== name)
      this.#refuse(`unexpected close tag, <${open.name}> of line ${open.line} is open`, tagIndex);
    this.#current = open.parent;
    this.#depth--;
  }

  /** Leaves the index behind the name. */
  #name(what: string): string {
    const text = this.#text;
    const start = this.#index;
    let index = start;
    let hash = 0;
    let isAscii = true;
    for (; ; index++) {
      const code = text.charCodeAt(index);
      if (code < 128) {
        if (NAME_CHARACTERS[code] === 0) break;
        hash = (Math.imul(hash, 31) + code) | 0;
      } else if (code >= 128) isAscii = false;
      else break; // The end of the text: NaN.
    }
    this.#index = index;
    const name = this.#strings.piece(text, start, index, isAscii ? hash : 0);
    const isName = isAscii
      ? index > start && ((NAME_CHARACTERS[text.charCodeAt(start)] as number) & 1) !== 0
      : isXmlName(name);
    if (!isName) this.#refuse(`disallowed character in ${what}`, start);
    return name;
  }

  /** A quoted value, decoded; the index is at the quote and left behind the closing one. */
  #value(attribute: string): string {
    const text = this.#text;
    const quote = text.charCodeAt(this.#index);
    if (quote !== QUOTE && quote !== APOSTROPHE)
      this.#refuse(`the value of attribute ${attribute} is not quoted`);
    const start = this.#index + 1;
    let index = start;
    let hash = 0;
    let isPlain = true;
    for (; ; index++) {
      const code = text.charCodeAt(index);
      if (code === quote) break;
      if (code === LESS) this.#refuse("disallowed character < in an attribute value", index);
      if (code === AMPERSAND || code === NEWLINE || code === TAB) isPlain = false;
      else if (Number.isNaN(code)) this.#refuse(`the value of attribute ${attribute} has no end`);
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    this.#index = index + 1;
    this.#checkLength(index - start, attribute);
    if (isPlain) return this.#strings.piece(text, start, index, hash);
    return this.#decode(text.slice(start, index).replace(/[\n\t]/g, " "), start);
  }

  /** Text up to the next markup. */
  #characters(): void {
    const text = this.#text;
    const start = this.#index;
    const next = text.indexOf("<", start);
    const end = next < 0 ? text.length : next;
    this.#index = end;
    let isBlank = true;
    for (let index = start; index < end && isBlank; index++) {
      const code = text.charCodeAt(index);
      isBlank = code === SPACE || code === NEWLINE || code === TAB;
    }
    if (isBlank) return;
    if (this.#current === null) this.#refuse("text data outside of root node", start);
    const raw = text.slice(start, end);
    const misplaced = raw.indexOf("]]>");
    if (misplaced >= 0) this.#refuse('the string "]]>" is disallowed in text', start + misplaced);
    this.#addText(this.#decode(raw, start));
  }

  #addText(piece: string): void {
    const element = this.#current;
    if (element === null || isBlank(piece)) return;
    this.#checkLength(piece.length, "text");
    const last = element.children[element.children.length - 1];
    if (last?.kind === "text") {
      this.#checkLength(last.text.length + piece.length, "text");
      last.text += piece;
      return;
    }
    this.#countNode();
    const node = new XmlText(piece);
    node.parent = element;
    element.children.push(node);
  }

  /** Replaces references; `start` is where the raw text begins. */
  #decode(raw: string, start: number): string {
    if (!raw.includes("&")) return raw;
    return raw.replace(/&([^;]*)(;?)/g, (_, name: string, semicolon: string, at: number) => {
      const character = semicolon === "" ? undefined : characterOf(name);
      if (character !== undefined) return character;
      const what = name.startsWith("#") ? "malformed character entity" : "undefined entity";
      return this.#refuse(`${what}: &${name.slice(0, 20)}`, start + at);
    });
  }

  #declarationOrComment(): void {
    const text = this.#text;
    if (text.startsWith("<!--", this.#index)) this.#comment();
    else if (text.startsWith("<![CDATA[", this.#index)) this.#characterData();
    else if (text.startsWith("<!DOCTYPE", this.#index)) this.#documentType();
    else this.#refuse("disallowed markup after <!");
  }

  #comment(): void {
    const start = this.#index + "<!--".length;
    const end = this.#text.indexOf("--", start);
    if (end < 0) this.#refuse("a comment has no end");
    if (this.#text.charCodeAt(end + 2) !== GREATER) this.#refuse("-- is not allowed in a comment", end);
    this.#index = end + "-->".length;
    const element = this.#current;
    if (element === null) return;
    this.#checkLength(end - start, "comment");
    this.#countNode();
    const node = new XmlComment(this.#text.slice(start, end));
    node.parent = element;
    element.children.push(node);
  }

  #characterData(): void {
    const start = this.#index + "<![CDATA[".length;
    const end = this.#text.indexOf("]]>", start);
    if (end < 0) this.#refuse("a CDATA section has no end");
    if (this.#current === null) this.#refuse("text data outside of root node");
    this.#index = end + "]]>".length;
    this.#addText(this.#text.slice(start, end));
  }

  #instruction(): void {
    const tagIndex = this.#index;
    this.#index += 2;
    const name = this.#name("processing instruction name");
    if (name.toLowerCase() === "xml")
      this.#refuse("an XML declaration must be at the start of the document, and well-formed", tagIndex);
    const end = this.#text.indexOf("?>", this.#index);
    if (end < 0) this.#refuse("a processing instruction has no end", tagIndex);
    if (end > this.#index && !isBlankCode(this.#text.charCodeAt(this.#index)))
      this.#refuse("disallowed character in processing instruction name");
    this.#index = end + "?>".length;
  }

  /** Skips a document type without definitions of entities. */
  #documentType(): void {
    if (this.#hasDoctype || this.#root !== null) this.#refuse("inappropriately located doctype declaration");
    this.#hasDoctype = true;
    const start = this.#index;
    const end = this.#endOfDocumentType(start + "<!DOCTYPE".length);
    if (this.#text.slice(start, end).includes("<!ENTITY"))
      this.#refuse("the document type defines entities, which is not accepted");
    this.#index = end;
  }

  #endOfDocumentType(from: number): number {
    const text = this.#text;
    let depth = 0;
    for (let index = from; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === QUOTE || code === APOSTROPHE) {
        const close = text.indexOf(String.fromCharCode(code), index + 1);
        if (close < 0) break;
        index = close;
      } else if (text.startsWith("<!--", index)) {
        const close = text.indexOf("-->", index);
        if (close < 0) break;
        index = close + 2;
      } else if (code === BRACKET || code === LESS) depth++;
      else if (code === 0x5d) depth--;
      else if (code === GREATER) {
        if (depth === 0) return index + 1;
        depth--;
      }
    }
    return this.#refuse("the document type has no end");
  }

  #skipBlanks(): void {
    while (isBlankCode(this.#text.charCodeAt(this.#index))) this.#index++;
  }

  #lineOf(index: number): number {
    while (this.#nextNewline >= 0 && this.#nextNewline < index) {
      this.#line++;
      this.#nextNewline = this.#text.indexOf("\n", this.#nextNewline + 1);
    }
    return this.#line;
  }

  #checkLength(length: number, what: string): void {
    if (length > this.#valueLengthMax) {
      this.#refuse(`${what} has ${length} characters, more than the ${this.#valueLengthMax} allowed`);
    }
  }

  #countNode(): void {
    this.#nodeCount++;
    if (this.#nodeCount > this.#nodeCountMax)
      this.#refuse(`the document has more than ${this.#nodeCountMax} nodes`);
  }

  #refuseAt(index: number, message: string): void {
    if (index >= 0) this.#refuse(message, index);
  }

  #refuse(message: string, index = this.#index): never {
    throw new Refusal(message, index);
  }
}

/** What a reference without `&` and `;` stands for; undefined when it is none. */
function characterOf(name: string): string | undefined {
  const known = ENTITIES.get(name);
  if (known !== undefined) return known;
  const match = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
  if (match === null) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  if (!(code <= 0x10ffff)) return undefined;
  const character = String.fromCodePoint(code);
  return DISALLOWED.test(character) || SURROGATE_HALF.test(character) ? undefined : character;
}

function isBlankCode(code: number): boolean {
  return code === SPACE || code === NEWLINE || code === TAB;
}

function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!isBlankCode(code) && code !== 0x0d) return false;
  }
  return true;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

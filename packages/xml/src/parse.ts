import { SaxesParser } from "saxes";
import { XmlComment, XmlElement, XmlText } from "./tree.ts";

/** Bounds for input that nobody vouches for. A document beyond one of them is refused, not cut. */
export interface ParseOptions {
  /** Longest accepted text, in UTF-16 code units. Default 256 Mi. */
  readonly lengthMax?: number;
  /** Deepest accepted nesting; the root is at depth 1. Default 256; a CIB needs about 15. */
  readonly depthMax?: number;
  /** Most accepted elements, texts and comments together. Default 8 Mi. */
  readonly nodeCountMax?: number;
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

/**
 * Parses a document that must be well-formed XML 1.0. Text that is only white space is dropped, and so are
 * comments outside the root, processing instructions and the declaration. Prefixes of names are kept as they
 * are written. A document type that defines entities is refused, one that does not is ignored, so that the
 * tree never holds more text than the input. Never throws and does not recurse.
 */
export function parseXml(text: string, options: ParseOptions = {}): ParseResult {
  const lengthMax = options.lengthMax ?? 256 * MEBI;
  if (text.length > lengthMax) {
    return failure(`the document has ${text.length} characters, more than the ${lengthMax} allowed`, 1, 1);
  }
  const surrogateIndex = text.search(/\p{Surrogate}/u);
  if (surrogateIndex >= 0)
    return failureAt(text, surrogateIndex, "half of a surrogate pair is not a character");

  const builder = new TreeBuilder(options);
  try {
    return { ok: true, root: builder.build(text) };
  } catch (error) {
    if (error instanceof Refusal) return failure(error.message, error.line, error.column);
    throw error;
  }
}

/** Leaves the parser at the first mistake. */
class Refusal extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

class TreeBuilder {
  private readonly depthMax: number;
  private readonly nodeCountMax: number;
  private readonly valueLengthMax: number;
  private readonly parser = new SaxesParser({
    xmlns: false,
    position: true,
    forceXMLVersion: true,
    defaultXMLVersion: "1.0",
  });
  private root: XmlElement | null = null;
  private current: XmlElement | null = null;
  private closed: XmlElement | null = null;
  private depth = 0;
  private nodeCount = 0;
  private startLine = 0;

  constructor(options: ParseOptions) {
    this.depthMax = options.depthMax ?? 256;
    this.nodeCountMax = options.nodeCountMax ?? 8 * MEBI;
    this.valueLengthMax = options.valueLengthMax ?? 10 * MEBI;
  }

  build(text: string): XmlElement {
    const parser = this.parser;
    parser.on("error", (error) => this.refuse(this.explain(withoutPlace(error.message))));
    parser.on("doctype", (doctype) => {
      if (doctype.includes("<!ENTITY"))
        this.refuse("the document type defines entities, which is not accepted");
    });
    parser.on("opentagstart", () => {
      // The character after the name has been read already; a newline there belongs to the line before.
      this.startLine = parser.columnIndex === 0 ? parser.line - 1 : parser.line;
    });
    parser.on("opentag", (tag) => this.open(tag.name, tag.attributes));
    parser.on("closetag", () => {
      this.depth--;
      this.closed = this.current;
      this.current = this.current?.parent ?? null;
    });
    parser.on("text", (piece) => this.addText(piece));
    parser.on("cdata", (piece) => this.addText(piece));
    parser.on("comment", (comment) => this.addComment(comment));
    parser.write(text).close();
    if (this.root === null) this.refuse("the document has no root element");
    return this.root;
  }

  private open(name: string, attributes: Record<string, string>): void {
    const element = new XmlElement(name, undefined, this.startLine);
    for (const attribute in attributes) {
      const value = attributes[attribute] ?? "";
      this.checkValue(value, attribute);
      element.attributes.set(attribute, value);
    }
    this.depth++;
    if (this.depth > this.depthMax) this.refuse(`elements are nested deeper than ${this.depthMax}`);
    this.countNode();
    if (this.current === null) {
      this.root = element;
    } else {
      element.parent = this.current;
      this.current.children.push(element);
    }
    this.current = element;
  }

  private addText(piece: string): void {
    const element = this.current;
    if (element === null || isBlank(piece)) return;
    this.checkValue(piece, "text");
    const last = element.children[element.children.length - 1];
    if (last?.kind === "text") {
      this.checkValue(last.text + piece, "text");
      last.text += piece;
      return;
    }
    this.countNode();
    const node = new XmlText(piece);
    node.parent = element;
    element.children.push(node);
  }

  private addComment(text: string): void {
    const element = this.current;
    if (element === null) return;
    this.checkValue(text, "comment");
    this.countNode();
    const node = new XmlComment(text);
    node.parent = element;
    element.children.push(node);
  }

  private checkValue(value: string, what: string): void {
    if (value.length > this.valueLengthMax) {
      this.refuse(`${what} has ${value.length} characters, more than the ${this.valueLengthMax} allowed`);
    }
  }

  private countNode(): void {
    this.nodeCount++;
    if (this.nodeCount > this.nodeCountMax)
      this.refuse(`the document has more than ${this.nodeCountMax} nodes`);
  }

  /** The library closes the open element before it finds that the tag has another name, which it does not tell. */
  private explain(message: string): string {
    const open = this.closed;
    if (message !== "unexpected close tag" || open === null) return message;
    return `unexpected close tag, <${open.name}> of line ${open.line} is open`;
  }

  private refuse(message: string): never {
    throw new Refusal(message, this.parser.line, this.parser.column);
  }
}

/** The library puts `line:column: ` before its messages. */
function withoutPlace(message: string): string {
  return message.replace(/^\d+:\d+: /, "").replace(/\.$/, "");
}

function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}

function failureAt(text: string, index: number, message: string): ParseResult {
  const before = text.slice(0, index);
  const lineStart = before.lastIndexOf("\n") + 1;
  return failure(message, before.split("\n").length, index - lineStart + 1);
}

function failure(message: string, line: number, column: number): ParseResult {
  return { ok: false, error: { message, line, column: Math.max(column, 1) } };
}

import { canonicalXml, encodeUtf8, serializeXml, type XmlElement } from "@quorate/xml";
import { md5OfBytes, UNCOMPARED_ATTRIBUTES } from "./digests.ts";

interface Texts {
  /** Levels above the element: its printed text is indented accordingly. */
  readonly depth: number;
  printed: Uint8Array | null;
  canonical: Uint8Array | null;
  compared: Uint8Array | null;
}

/** Levels from the root of a CIB down to a resource, a node, a constraint. */
const PIECE_DEPTH = 3;

/** Stands for a piece in the text around the pieces. No document holds it. */
const GAP = "\u0000";

/** From so many children on their texts are kept one by one. */
const MANY_CHILDREN = 32;

/** One of the texts that are made of a document. */
interface Form {
  readonly name: "printed" | "canonical" | "compared";
  /** With the text that `pieceOf` gives in the place of an element, or the element's own for null. */
  write(element: XmlElement, depth: number, pieceOf: (child: XmlElement) => string | null): string;
}

const PRINTED: Form = {
  name: "printed",
  write: (element, depth, pieceOf) => serializeXml(element, { depth, pieceOf }),
};
const CANONICAL: Form = {
  name: "canonical",
  write: (element, _depth, pieceOf) => canonicalXml(element, { pieceOf }),
};
const COMPARED: Form = {
  name: "compared",
  write: (element, _depth, pieceOf) =>
    canonicalXml(element, { pieceOf, omitAttributes: UNCOMPARED_ATTRIBUTES }),
};

const BLANK = encodeUtf8(" ");
const NEWLINE = encodeUtf8("\n");

/**
 * The text of a CIB and its digests, for those who need them after each change: what stands in the sections of the configuration
 * (each resource, node, constraint …) is written anew only when it changed, and put together in memory that is used again. Ten megabytes
 * take a hundredth of a second then, instead of half a second. Weighs about five times the document's text. Whoever changes the
 * document tells by `forget` what was touched.
 */
export class DocumentBytes {
  readonly #texts = new WeakMap<XmlElement, Texts>();
  readonly #md5: (bytes: Uint8Array) => string;
  readonly #forDigests = new Composer();
  /** In turn: the text before stays as it is. */
  #printed = [new Composer(), new Composer()] as const;

  constructor(md5: (bytes: Uint8Array) => string = md5OfBytes) {
    this.#md5 = md5;
  }

  /** `serializeXml` as UTF-8. Its memory is used again by the next call but one. */
  printed(root: XmlElement): Uint8Array {
    const [composer, other] = this.#printed;
    this.#printed = [other, composer];
    return composer.compose(this.#inPieces(root, PRINTED, 0));
  }

  digestV1(root: XmlElement): string {
    return this.#md5(this.#forDigests.compose([BLANK, ...this.#inPieces(root, CANONICAL, 0), NEWLINE]));
  }

  digestV2(root: XmlElement): string {
    return this.#md5(this.#forDigests.compose(this.#inPieces(root, COMPARED, 0)));
  }

  /** Attributes or children of these elements changed. */
  forget(touched: Iterable<XmlElement>): void {
    for (const element of touched)
      for (let up: XmlElement | null = element; up !== null; up = up.parent) this.#texts.delete(up);
  }

  /** The text of an element, in the order of its parts. `depth`: levels above it. */
  #inPieces(element: XmlElement, form: Form, depth: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    const around = form.write(element, depth, (child) => {
      if (!isPiece(child) && !isSmallPiece(child)) return null;
      pieces.push(this.#bytesOf(child, form));
      return GAP;
    });
    return filled(around, pieces);
  }

  /** Of a piece, with whatever indents it in the document. */
  #bytesOf(element: XmlElement, form: Form): Uint8Array {
    const depth = isPiece(element) ? PIECE_DEPTH : PIECE_DEPTH + 1;
    let texts = this.#texts.get(element);
    if (texts?.depth !== depth) {
      texts = { depth, printed: null, canonical: null, compared: null };
      this.#texts.set(element, texts);
    }
    const known = texts[form.name];
    if (known !== null) return known;
    // Most elements have nothing that is left out of comparisons: one text serves both.
    const isSame = form === COMPARED && !hasManyChildren(element) && !hasUncompared(element);
    const bytes = isSame ? this.#bytesOf(element, CANONICAL) : joined(this.#inPieces(element, form, depth));
    texts[form.name] = bytes;
    return bytes;
  }
}

/** Only there do the levels above fit, too. */
function isPiece(element: XmlElement): boolean {
  const configuration = element.parent?.parent;
  const root = configuration?.parent;
  return configuration?.name === "configuration" && root?.name === "cib" && root.parent === null;
}

/** What stands in a long piece, as an option in a set of hundreds: one of them changes, and the others' texts need not be made again. */
function isSmallPiece(element: XmlElement): boolean {
  const { parent } = element;
  return parent !== null && hasManyChildren(parent) && isPiece(parent);
}

function hasManyChildren(element: XmlElement): boolean {
  return element.children.length >= MANY_CHILDREN;
}

function hasUncompared(element: XmlElement): boolean {
  for (const each of [element, ...element.descendants()])
    for (const name of UNCOMPARED_ATTRIBUTES) if (each.attributes.has(name)) return true;
  return false;
}

/** The text with its gaps filled. Throws on a defect: half a document must never be written. */
function filled(around: string, pieces: readonly Uint8Array[]): Uint8Array[] {
  const texts = around.split(GAP);
  if (texts.length !== pieces.length + 1)
    throw new Error(`${pieces.length} pieces for ${texts.length - 1} gaps in the text of a document`);
  const parts: Uint8Array[] = [];
  texts.forEach((text, index) => {
    if (text !== "") parts.push(encodeUtf8(text));
    const piece = pieces[index];
    if (piece !== undefined) parts.push(piece);
  });
  return parts;
}

/** In memory of its own. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : new Composer(0).compose(parts);
}

/** Puts bytes together in memory that it keeps: to get new memory takes longer than to copy. */
class Composer {
  #memory = new Uint8Array(0);
  /** An eighth more, so that a document that grows needs new memory seldom. */
  readonly #spare: number;

  constructor(spare = 1 / 8) {
    this.#spare = spare;
  }

  /** Good until the next call. */
  compose(pieces: readonly Uint8Array[]): Uint8Array {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.#memory.length < length) this.#memory = new Uint8Array(Math.ceil(length * (1 + this.#spare)));
    let at = 0;
    for (const piece of pieces) {
      this.#memory.set(piece, at);
      at += piece.length;
    }
    return this.#memory.subarray(0, length);
  }
}

import { canonicalXml, encodeUtf8, serializeXml, type XmlElement } from "@quorate/xml";
import { md5OfBytes, UNCOMPARED_ATTRIBUTES } from "./digests.ts";

interface Texts {
  printed: Uint8Array | null;
  canonical: Uint8Array | null;
  compared: Uint8Array | null;
}

/** Levels from the root of a CIB down to a resource, a node, a constraint. */
const PIECE_DEPTH = 3;

/** Stands for a piece in the text around the pieces. No document holds it. */
const GAP = "\u0000";

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
    const pieces: Uint8Array[] = [];
    const around = serializeXml(root, {
      pieceOf: (element) => {
        const texts = this.#textsOf(element);
        if (texts === null) return null;
        texts.printed ??= encodeUtf8(serializeXml(element, { depth: PIECE_DEPTH }));
        pieces.push(texts.printed);
        return GAP;
      },
    });
    return composer.compose(filled(around, pieces));
  }

  digestV1(root: XmlElement): string {
    const pieces: Uint8Array[] = [];
    const around = canonicalXml(root, {
      pieceOf: (element) => {
        const texts = this.#textsOf(element);
        if (texts === null) return null;
        pieces.push(canonicalOf(element, texts));
        return GAP;
      },
    });
    return this.#md5(this.#forDigests.compose([BLANK, ...filled(around, pieces), NEWLINE]));
  }

  digestV2(root: XmlElement): string {
    const pieces: Uint8Array[] = [];
    const around = canonicalXml(root, {
      omitAttributes: UNCOMPARED_ATTRIBUTES,
      pieceOf: (element) => {
        const texts = this.#textsOf(element);
        if (texts === null) return null;
        texts.compared ??= hasUncompared(element)
          ? encodeUtf8(canonicalXml(element, { omitAttributes: UNCOMPARED_ATTRIBUTES }))
          : canonicalOf(element, texts);
        pieces.push(texts.compared);
        return GAP;
      },
    });
    return this.#md5(this.#forDigests.compose(filled(around, pieces)));
  }

  /** Attributes or children of these elements changed. */
  forget(touched: Iterable<XmlElement>): void {
    for (const element of touched)
      for (let up: XmlElement | null = element; up !== null; up = up.parent) this.#texts.delete(up);
  }

  /** Null: the element is no piece. */
  #textsOf(element: XmlElement): Texts | null {
    if (!isPiece(element)) return null;
    let texts = this.#texts.get(element);
    if (texts === undefined) {
      texts = { printed: null, canonical: null, compared: null };
      this.#texts.set(element, texts);
    }
    return texts;
  }
}

/** Only there do the levels above fit, too. */
function isPiece(element: XmlElement): boolean {
  const configuration = element.parent?.parent;
  const root = configuration?.parent;
  return configuration?.name === "configuration" && root?.name === "cib" && root.parent === null;
}

function canonicalOf(element: XmlElement, texts: Texts): Uint8Array {
  texts.canonical ??= encodeUtf8(canonicalXml(element));
  return texts.canonical;
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
  return texts.flatMap((text, index) => {
    const piece = pieces[index];
    return piece === undefined ? [encodeUtf8(text)] : [encodeUtf8(text), piece];
  });
}

/** Puts bytes together in memory that it keeps: to get new memory takes longer than to copy. */
class Composer {
  #memory = new Uint8Array(0);

  /** Good until the next call. */
  compose(pieces: readonly Uint8Array[]): Uint8Array {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    // An eighth more, so that a document that grows needs new memory seldom.
    if (this.#memory.length < length) this.#memory = new Uint8Array(length + (length >> 3));
    let at = 0;
    for (const piece of pieces) {
      this.#memory.set(piece, at);
      at += piece.length;
    }
    return this.#memory.subarray(0, length);
  }
}

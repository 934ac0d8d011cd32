const SLOT_BITS = 12;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
/** Longer texts are hardly ever repeated. */
const LENGTH_MAX = 40;

/**
 * Gives equal pieces of a text as one string object: names and short values repeat thousands of times in a CIB. A table
 * of 4,096 slots, one string each, of which a newer one takes the place; 32 KiB, and no memory for what does not repeat.
 */
export class StringTable {
  readonly #slots: (string | undefined)[] = new Array(SLOT_MASK + 1);

  /** `text.slice(start, end)`; `hash` must be a function of that piece. */
  piece(text: string, start: number, end: number, hash: number): string {
    const length = end - start;
    if (length > LENGTH_MAX) return text.slice(start, end);
    const slot = (hash ^ (hash >>> SLOT_BITS)) & SLOT_MASK;
    const known = this.#slots[slot];
    if (known !== undefined && known.length === length && isAt(text, start, known)) return known;
    const made = text.slice(start, end);
    this.#slots[slot] = made;
    return made;
  }
}

function isAt(text: string, start: number, piece: string): boolean {
  for (let index = 0; index < piece.length; index++) {
    if (text.charCodeAt(start + index) !== piece.charCodeAt(index)) return false;
  }
  return true;
}

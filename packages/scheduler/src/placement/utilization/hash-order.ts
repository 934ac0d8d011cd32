import type { ClusterNode } from "../../model/node.ts";

/**
 * The order in which the reference goes through its hash tables. It decides ties of utilization and is visible in
 * capacity lines, so it is computed here the same way. Source: part 2, 23.
 */
export function hashOrder(keys: readonly string[]): string[] {
  const table = new SlotTable();
  for (const key of keys) table.insert(key);
  return table.keysInOrder();
}

/** Nodes of an allowed table in the order in which the reference goes through it: tables are keyed by node id. */
export function ascendingSlots(nodes: readonly ClusterNode[]): ClusterNode[] {
  const byId = new Map<string, ClusterNode>();
  for (const node of nodes) byId.set(node.id, node);
  const ordered: ClusterNode[] = [];
  for (const id of hashOrder([...byId.keys()])) {
    const node = byId.get(id);
    if (node !== undefined) ordered.push(node);
  }
  return ordered;
}

/** Primes by which home slots are chosen, for tables of 2^3, 2^4, ... slots. */
const PRIMES = [7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139];
const SMALLEST_EXPONENT = 3;

interface Slot {
  readonly key: string;
  readonly hash: number;
}

class SlotTable {
  #exponent = SMALLEST_EXPONENT;
  #slots: (Slot | null)[] = new Array<Slot | null>(1 << SMALLEST_EXPONENT).fill(null);
  #used = 0;

  keysInOrder(): string[] {
    const keys: string[] = [];
    for (const slot of this.#slots) if (slot !== null) keys.push(slot.key);
    return keys;
  }

  insert(key: string): void {
    const hash = hashOf(key);
    const mask = this.#slots.length - 1;
    let index = this.#homeOf(hash);
    for (let step = 1; ; step++) {
      const occupant = this.#slots[index];
      if (occupant === null || occupant === undefined) break;
      if (occupant.key === key) return;
      index = (index + step) & mask;
    }
    this.#slots[index] = { key, hash };
    this.#used++;
    if (this.#slots.length <= this.#used + Math.floor(this.#used / 16)) this.#grow();
  }

  #homeOf(hash: number): number {
    const prime = PRIMES[this.#exponent - SMALLEST_EXPONENT] ?? 0;
    return (Math.imul(hash, 11) >>> 0) % prime;
  }

  /** Places all entries again within the same array: one that is in the way is taken out and placed next. */
  #grow(): void {
    const oldLength = this.#slots.length;
    const target = Math.floor(this.#used * 1.333);
    this.#exponent = Math.max(SMALLEST_EXPONENT, 32 - Math.clz32(target));
    const length = 1 << this.#exponent;
    while (this.#slots.length < length) this.#slots.push(null);
    const isPlaced = new Array<boolean>(length).fill(false);
    const mask = length - 1;
    for (let i = 0; i < oldLength; i++) {
      let entry = isPlaced[i] ? null : (this.#slots[i] ?? null);
      if (entry === null) continue;
      this.#slots[i] = null;
      while (entry !== null) {
        let index = this.#homeOf(entry.hash);
        for (let step = 1; isPlaced[index]; step++) index = (index + step) & mask;
        const displaced: Slot | null = this.#slots[index] ?? null;
        this.#slots[index] = entry;
        isPlaced[index] = true;
        entry = displaced;
      }
    }
  }
}

/** 31-hash of the signed UTF-8 bytes; 0 and 1 mean something else to the table. */
function hashOf(key: string): number {
  let hash = 0;
  for (const byte of utf8Of(key)) hash = (Math.imul(hash, 31) + ((byte << 24) >> 24)) >>> 0;
  return Math.max(hash, 2);
}

function utf8Of(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 0x3f),
        0x80 | ((code >> 6) & 0x3f),
        0x80 | (code & 0x3f),
      );
    }
  }
  return bytes;
}

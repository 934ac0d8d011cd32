/**
 * The attributes of one element, in the order in which they were first set: names and values in turn in one array,
 * searched from the front. An element has few (a history entry about 18), and the parser gives every name as the same
 * string object, so a search compares a few pointers. A `Map` takes three times the memory and the time to build, and a
 * cluster of 16 nodes and 1,600 resources has 80,000 elements.
 */
export class XmlAttributes implements ReadonlyMap<string, string> {
  /** Of other lists only read. */
  private readonly pairs: string[];

  /** @param pairs names and values in turn, no name twice; the array is taken over */
  constructor(pairs: string[] = []) {
    this.pairs = pairs;
  }

  static from(entries: Iterable<readonly [string, string]>): XmlAttributes {
    if (entries instanceof XmlAttributes) return new XmlAttributes(entries.pairs.slice());
    const attributes = new XmlAttributes();
    for (const [name, value] of entries) attributes.set(name, value);
    return attributes;
  }

  get size(): number {
    return this.pairs.length >> 1;
  }

  /** For loops without garbage: `index` from 0 to below `size`. */
  nameAt(index: number): string {
    return this.pairs[index << 1] as string;
  }

  valueAt(index: number): string {
    return this.pairs[(index << 1) + 1] as string;
  }

  get(name: string): string | undefined {
    const pairs = this.pairs;
    for (let index = 0; index < pairs.length; index += 2) if (pairs[index] === name) return pairs[index + 1];
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string): this {
    const pairs = this.pairs;
    for (let index = 0; index < pairs.length; index += 2) {
      if (pairs[index] !== name) continue;
      pairs[index + 1] = value;
      return this;
    }
    pairs.push(name, value);
    return this;
  }

  delete(name: string): boolean {
    const pairs = this.pairs;
    for (let index = 0; index < pairs.length; index += 2) {
      if (pairs[index] !== name) continue;
      pairs.splice(index, 2);
      return true;
    }
    return false;
  }

  /** By name, in the order of UTF-16 code units. */
  sort(): void {
    const pairs = this.pairs;
    // Insertion: lists are short, and often in order for the most part.
    for (let index = 2; index < pairs.length; index += 2) {
      const name = pairs[index] as string;
      const value = pairs[index + 1] as string;
      let to = index;
      for (; to > 0 && (pairs[to - 2] as string) > name; to -= 2) {
        pairs[to] = pairs[to - 2] as string;
        pairs[to + 1] = pairs[to - 1] as string;
      }
      pairs[to] = name;
      pairs[to + 1] = value;
    }
  }

  clear(): void {
    this.pairs.length = 0;
  }

  forEach(visit: (value: string, name: string, attributes: XmlAttributes) => void): void {
    for (let index = 0; index < this.size; index++) visit(this.valueAt(index), this.nameAt(index), this);
  }

  entries(): ArrayIterator<[string, string]> {
    const entries: [string, string][] = [];
    for (let index = 0; index < this.size; index++) entries.push([this.nameAt(index), this.valueAt(index)]);
    return entries.values();
  }

  keys(): ArrayIterator<string> {
    return this.pairs.filter((_, index) => (index & 1) === 0).values();
  }

  values(): ArrayIterator<string> {
    return this.pairs.filter((_, index) => (index & 1) === 1).values();
  }

  [Symbol.iterator](): ArrayIterator<[string, string]> {
    return this.entries();
  }
}

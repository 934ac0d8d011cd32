/**
 * Synapses that are ready to fire, in the order in which repeated passes over the whole graph would fire them: the
 * lowest position first; what becomes ready behind the current position waits for the next pass.
 * Source: scheduler specification, part 4, 7.1.
 */
export class ReadyQueue {
  #thisPass = new MinHeap();
  #nextPass = new MinHeap();
  #position = -1;

  add(position: number): void {
    (position > this.#position ? this.#thisPass : this.#nextPass).push(position);
  }

  /** The next position, or null when nothing is ready. */
  take(): number | null {
    if (this.#thisPass.isEmpty) {
      if (this.#nextPass.isEmpty) return null;
      [this.#thisPass, this.#nextPass] = [this.#nextPass, this.#thisPass];
    }
    this.#position = this.#thisPass.pop();
    return this.#position;
  }
}

class MinHeap {
  readonly #items: number[] = [];

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  push(item: number): void {
    const items = this.#items;
    let index = items.length;
    items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (items[parent]! <= item) break;
      items[index] = items[parent]!;
      index = parent;
    }
    items[index] = item;
  }

  /** The heap must not be empty. */
  pop(): number {
    const items = this.#items;
    const least = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return least;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[index] = items[child]!;
      index = child;
    }
    items[index] = last;
    return least;
  }
}

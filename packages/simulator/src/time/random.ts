import type { Random } from "@quorate/ports";

/** Mulberry32: small, seeded, good enough for delays and draws. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    uint32() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return (t ^ (t >>> 14)) >>> 0;
    },
  };
}

/** Draws by which a plan is made. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + (this.#random.uint32() % (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.#random.uint32() / 2 ** 32 < probability;
  }

  one<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.#random.uint32() % choices.length] ?? choices[0];
  }

  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.#random.uint32() % entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      if (left < weight) return key;
      left -= weight;
    }
    return entries[0]![0];
  }
}

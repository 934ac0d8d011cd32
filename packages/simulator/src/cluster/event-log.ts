import type { Clock } from "@quorate/ports";

interface Entry {
  readonly atMs: number;
  readonly who: string;
  readonly level: string;
  readonly message: string;
}

/** What the nodes logged and what happened in the world, in order. */
export class EventLog {
  readonly #clock: Clock;
  readonly #entries: Entry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(who: string, level: string, message: string): void {
    this.#entries.push({ atMs: this.#clock.monotonicMs(), who, level, message });
  }

  /** The last entries as text, a line each: `12.345 n1 notice: ...`. */
  tail(count: number): string {
    return this.lines().slice(-count).join("\n");
  }

  /** Without those of the given levels. */
  lines(...without: readonly string[]): readonly string[] {
    return this.#entries
      .filter((entry) => !without.includes(entry.level))
      .map(({ atMs, who, level, message }) => `${(atMs / 1000).toFixed(3)} ${who} ${level}: ${message}`);
  }

  count(who: string, pattern: RegExp): number {
    return this.#entries.filter((entry) => entry.who === who && pattern.test(entry.message)).length;
  }
}

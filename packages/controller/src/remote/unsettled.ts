import type { Clock } from "@quorate/ports";

/** What a node of the cluster was told this long before it was last heard of is in the status section by then. */
const RECORDED_MS = 60_000;

interface Known {
  readonly resource: string;
  /** Null while it is under way, or its result has not been confirmed. */
  notedMs: number | null;
}

/**
 * The single operations whose results may not have reached the cluster's records: the next node that connects looks again at
 * their resources instead of believing what is recorded.
 */
export class UnsettledOperations {
  readonly #clock: Clock;
  readonly #known = new Map<number, Known>();
  /** With the time at which the node that is connected was told; null before. */
  readonly #resources = new Map<string, number | null>();
  #heardMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heardMs = clock.monotonicMs();
  }

  /** The node that is connected gave a sign of life. */
  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
    for (const [id, { notedMs }] of this.#known) {
      if (notedMs === null) continue;
      if (notedMs > this.#heardMs - RECORDED_MS) break;
      this.#known.delete(id);
    }
    for (const [resource, toldMs] of this.#resources)
      if (toldMs !== null && toldMs <= this.#heardMs - RECORDED_MS) this.#resources.delete(resource);
  }

  begun(id: number, resource: string): void {
    this.#known.set(id, { resource, notedMs: null });
  }

  noted(id: number): void {
    const known = this.#known.get(id);
    if (known !== undefined) known.notedMs = this.#clock.monotonicMs();
  }

  /** The node is gone or replaced. */
  forsaken(): void {
    for (const { resource } of this.#known.values()) this.#resources.set(resource, null);
    this.#known.clear();
  }

  /** What the node that connects is told. The next one is told it, too, unless this one lives long enough to have looked. */
  tell(): readonly string[] {
    const nowMs = this.#clock.monotonicMs();
    const told = [...this.#resources.keys()].sort();
    for (const resource of told) this.#resources.set(resource, nowMs);
    return told;
  }
}

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
  readonly #resources = new Set<string>();
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
    for (const { resource } of this.#known.values()) this.#resources.add(resource);
    this.#known.clear();
  }

  /** What to tell the next one; told once. */
  take(): readonly string[] {
    const taken = [...this.#resources].sort();
    this.#resources.clear();
    return taken;
  }
}

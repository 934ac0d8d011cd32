import type { FencingRecord } from "@quorate/ports";

/** Entries at most, and how many stay when the oldest finished ones are dropped. Source: fencer specification, 10. */
const ENTRIES_MAX = 500;
const ENTRIES_KEPT = 250;

/** All fencing operations that this node knows of; in memory only, the same on every node. */
export class FencingHistory {
  readonly #records = new Map<string, FencingRecord>();

  /** Oldest first by completion, pending ones last; of equal times by id. */
  all(): FencingRecord[] {
    return [...this.#records.values()].sort(
      (a, b) =>
        (a.state === "pending" ? 1 : 0) - (b.state === "pending" ? 1 : 0) ||
        a.completedMs - b.completedMs ||
        (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }

  get(id: string): FencingRecord | null {
    return this.#records.get(id) ?? null;
  }

  put(record: FencingRecord): void {
    this.#records.set(record.id, record);
    if (this.#records.size <= ENTRIES_MAX) return;
    const finished = this.all().filter((one) => one.state !== "pending");
    const pendingCount = this.#records.size - finished.length;
    const dropCount = finished.length - Math.max(0, ENTRIES_KEPT - pendingCount);
    for (const old of finished.slice(0, Math.max(0, dropCount))) this.#records.delete(old.id);
  }

  /** Takes what another node knows; a final state beats a pending one, a success beats a presumed failure. */
  merge(records: readonly FencingRecord[]): void {
    for (const record of records) {
      const known = this.#records.get(record.id);
      if (known === undefined || rank(record) > rank(known)) this.put(record);
    }
  }

  /** What the owner of these records lacks or has in a lesser state. */
  missingIn(records: readonly FencingRecord[]): FencingRecord[] {
    const theirs = new Map(records.map((record) => [record.id, record]));
    return this.all().filter((record) => {
      const their = theirs.get(record.id);
      return their === undefined || rank(record) > rank(their);
    });
  }

  removeFinished(target: string | null): void {
    for (const record of this.all())
      if (
        record.state !== "pending" &&
        (target === null || record.target.toLowerCase() === target.toLowerCase())
      )
        this.#records.delete(record.id);
  }
}

function rank(record: FencingRecord): number {
  switch (record.state) {
    case "pending":
      return 0;
    case "failed":
      return 1;
    case "success":
      return 2;
  }
}

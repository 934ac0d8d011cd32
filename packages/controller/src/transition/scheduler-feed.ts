import type { Patchset } from "@quorate/cib";

/** More changes than this since the last run: the whole document is hardly longer. */
const LENGTH_MAX = 1000;

/**
 * What changed in the CIB since the scheduler was last asked, so that it need not read everything again. Null while
 * that is not known: before the first run, and after changes that this node did not follow as the DC.
 */
export class SchedulerFeed {
  #patchsets: Patchset[] | null = null;

  note(patchset: Patchset): void {
    if (this.#patchsets === null) return;
    if (this.#patchsets.length < LENGTH_MAX) this.#patchsets.push(patchset);
    else this.#patchsets = null;
  }

  forget(): void {
    this.#patchsets = null;
  }

  /** What changed until now; from now on the next list is made. */
  take(): readonly Patchset[] | null {
    const patchsets = this.#patchsets;
    this.#patchsets = [];
    return patchsets;
  }
}

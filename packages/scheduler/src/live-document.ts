import { applyPatchset, type Patchset } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { ModelMemory } from "./model/memory.ts";
import type { UnpackOptions } from "./model/unpack.ts";
import { type Schedule, schedule } from "./schedule.ts";

/**
 * A document that changes in small steps and is scheduled after each, as the DC does: what was read of its elements is kept
 * as long as they stay as they are. A schedule is the same as that of a copy of the document on its own.
 */
export class LiveDocument {
  readonly #cib: XmlElement;
  readonly #memory = new ModelMemory();

  /** @param cib belongs to this object from then on */
  constructor(cib: XmlElement) {
    this.#cib = cib;
  }

  /** To be read only. */
  get cib(): XmlElement {
    return this.#cib;
  }

  /** Returns whether the patchset fits; if not, the document is as it was. */
  apply(patchset: Patchset): boolean {
    const outcome = applyPatchset(this.#cib, patchset, {
      onTouched: (element) => this.#memory.forget(element),
    });
    return outcome.code === "ok";
  }

  /** Gives the root element exactly these attributes. */
  setRootAttributes(attributes: Iterable<readonly [string, string]>): void {
    this.#cib.attributes.clear();
    for (const [name, value] of attributes) this.#cib.set(name, value);
  }

  /** See `schedule`. */
  schedule(options: Omit<UnpackOptions, "memory">): Schedule {
    return schedule(this.#cib, { ...options, memory: this.#memory });
  }
}

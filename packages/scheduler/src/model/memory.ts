import { md5Hex } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { NodeHistory } from "./history/history-index.ts";
import type { ResourceHistory } from "./history-entry.ts";

/** Digests that are kept; then all are forgotten. A digest with its text takes about 300 bytes. */
const DIGESTS_MAX = 50_000;

/**
 * What was read of a document and depends on nothing but the element that it was read from: neither on the rest of the
 * document nor on the time. It may outlive a run, so that the next one reads only what changed; see `LiveDocument`, which
 * has to tell of every change of the document. A run on a document of its own has a memory of its own.
 *
 * Tables by the element, which is found by one look-up of its identity. Nearly all of a running cluster's document is
 * operation history (16 nodes and 1,600 resources: 25,600 `lrm_resource` with 27,000 entries, 50 MB when parsed), so that is
 * what is kept.
 */
export class ModelMemory {
  readonly #nodes = new WeakMap<XmlElement, NodeHistory>();
  readonly #resources = new WeakMap<XmlElement, ResourceHistory>();
  readonly #digests = new Map<string, string>();

  nodeHistory(state: XmlElement, read: (state: XmlElement) => NodeHistory): NodeHistory {
    const known = this.#nodes.get(state);
    if (known !== undefined) return known;
    const made = read(state);
    this.#nodes.set(state, made);
    return made;
  }

  /** Null, which `read` gives for what is no history, is not kept. */
  resourceHistory(
    xml: XmlElement,
    read: (xml: XmlElement) => ResourceHistory | null,
  ): ResourceHistory | null {
    const known = this.#resources.get(xml);
    if (known !== undefined) return known;
    const made = read(xml);
    if (made !== null) this.#resources.set(xml, made);
    return made;
  }

  /** MD5 in hexadecimal. Many resources have no parameters, or the same on all nodes. */
  digest(text: string): string {
    const known = this.#digests.get(text);
    if (known !== undefined) return known;
    if (this.#digests.size >= DIGESTS_MAX) this.#digests.clear();
    const made = md5Hex(text);
    this.#digests.set(text, made);
    return made;
  }

  /** The element's attributes or children changed: what was read of it, and of what it is in, counts no more. */
  forget(element: XmlElement): void {
    for (let part: XmlElement | null = element; part !== null; part = part.parent) {
      this.#nodes.delete(part);
      this.#resources.delete(part);
    }
  }
}

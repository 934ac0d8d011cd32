import { type DocumentBytes, versionOf } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { type Ancestry, ancestryOf, extendAncestry, type Provenance } from "./ancestry.ts";

/** What is known of this node's copy: what it descends from, and when most nodes last shared it. */
export class CopyRecord {
  readonly #bytes: DocumentBytes;
  #ancestry: Ancestry;
  #quorateRing: number;
  #quorateEpoch: number;
  #wasQuorate: boolean;

  constructor(bytes: DocumentBytes, document: XmlElement, stored: Provenance) {
    this.#bytes = bytes;
    this.#ancestry = ancestryOf(document, stored.ancestry, bytes);
    this.#quorateRing = stored.quorateRing;
    // Beside the document on disk, and perhaps written when the document was not: nothing is claimed that it does not have.
    this.#quorateEpoch = Math.min(stored.quorateEpoch, versionOf(document).epoch);
    this.#wasQuorate = document.get("have-quorum") === "1";
  }

  get provenance(): Provenance {
    return {
      ancestry: this.#ancestry,
      quorateRing: this.#quorateRing,
      quorateEpoch: this.#quorateEpoch,
    };
  }

  /** See `CibSummary`. */
  get wasQuorate(): boolean {
    return this.#wasQuorate;
  }

  changed(document: XmlElement, isShared: boolean): void {
    this.#ancestry = extendAncestry(this.#ancestry, document, this.#bytes);
    if (isShared) this.#quorateEpoch = versionOf(document).epoch;
  }

  /** The copy of another node is taken over: what was true of the one that is given up would make this one lose to an older, or win over a newer. */
  replaced({ ancestry, quorateRing, quorateEpoch }: Provenance): void {
    this.#ancestry = ancestry;
    this.#quorateRing = quorateRing;
    this.#quorateEpoch = quorateEpoch;
  }

  /** Whether most nodes share the copy in the ring of that id. */
  inRing(ringId: string, isShared: boolean, document: XmlElement): void {
    this.#wasQuorate = isShared;
    if (!isShared) return;
    this.#quorateRing = ringSequence(ringId);
    this.#quorateEpoch = versionOf(document).epoch;
  }
}

/** Of a ring id as text: `REPRESENTATIVE.SEQUENCE`, both hexadecimal. */
function ringSequence(ringId: string): number {
  const sequence = Number.parseInt(ringId.split(".").at(-1) ?? "", 16);
  return Number.isSafeInteger(sequence) ? sequence : 0;
}

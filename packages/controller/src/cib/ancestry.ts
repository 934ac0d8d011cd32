import { type DocumentBytes, digestV2, versionOf } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";

/** Older versions are forgotten: a copy that missed more changes counts as unrelated. */
const LENGTH_MAX = 128;

/**
 * The configurations that a copy of the CIB went through, oldest first, its present one last. By it a copy that is
 * merely older is told from one that was changed differently: what is an ancestor of another copy can be given
 * up without losing anything.
 */
export type Ancestry = readonly string[];

/** Where a copy comes from: beside the document on disk. */
export interface Provenance {
  readonly ancestry: Ancestry;
  /** These two: see `CibSummary`. */
  readonly quorateRing: number;
  readonly quorateEpoch: number;
}

export const NO_PROVENANCE: Provenance = { ancestry: [], quorateRing: 0, quorateEpoch: 0 };

const QUORATE_RING = "quorate-ring ";

const FORMER = "former ";

/**
 * A line with the ring and the epoch, then the ids, oldest first.
 * @param replaced of the document that is on disk now. One that the new document does not descend from gets a line of its own: until the
 *   new one is there too, it must not pass for something that was used with quorum when the new one was.
 */
export function formatProvenance(
  { ancestry, quorateRing, quorateEpoch }: Provenance,
  replaced: Provenance | null,
): string {
  const id = replaced?.ancestry.at(-1);
  const former =
    replaced === null || id === undefined || ancestry.includes(id)
      ? []
      : [`${FORMER}${replaced.quorateRing} ${replaced.quorateEpoch} ${id}`];
  return [`${QUORATE_RING}${quorateRing} ${quorateEpoch}`, ...former, ...ancestry, ""].join("\n");
}

/** What the text says of this document. What cannot be read is left out. */
export function parseProvenance(text: string, document: XmlElement, bytes?: DocumentBytes): Provenance {
  const lines = text.split("\n").filter((line) => line !== "");
  const restOf = (key: string) => lines.find((line) => line.startsWith(key))?.slice(key.length);
  const former = restOf(FORMER)?.split(" ") ?? null;
  if (former !== null && former[2] === configurationId(document, bytes))
    return {
      ancestry: [former[2]],
      quorateRing: countOf(former[0] ?? ""),
      quorateEpoch: countOf(former[1] ?? ""),
    };
  const [ring = 0, epoch = 0] = (restOf(QUORATE_RING) ?? "").split(" ").map(countOf);
  return {
    ancestry: lines.filter((line) => !line.startsWith(QUORATE_RING) && !line.startsWith(FORMER)),
    quorateRing: ring,
    quorateEpoch: epoch,
  };
}

function countOf(text: string): number {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** Names a configuration: the version's two counters, and the digest of the content. */
export function configurationId(cib: XmlElement, bytes?: DocumentBytes): string {
  const { adminEpoch, epoch } = versionOf(cib);
  const configuration = cib.first("configuration");
  return `${adminEpoch}.${epoch}.${configuration === null ? "none" : (bytes?.digestV2(configuration) ?? digestV2(configuration))}`;
}

/** The ancestry after a change of the document; the same one when neither counter changed. */
export function extendAncestry(ancestry: Ancestry, cib: XmlElement, bytes?: DocumentBytes): Ancestry {
  const { adminEpoch, epoch } = versionOf(cib);
  if (ancestry.at(-1)?.startsWith(`${adminEpoch}.${epoch}.`)) return ancestry;
  return [...ancestry, configurationId(cib, bytes)].slice(-LENGTH_MAX);
}

/** What of a stored ancestry belongs to the document that was loaded: the file may be a version ahead, or a stranger's. */
export function ancestryOf(cib: XmlElement, stored: Ancestry, bytes?: DocumentBytes): Ancestry {
  const id = configurationId(cib, bytes);
  const index = stored.lastIndexOf(id);
  return index < 0 ? [id] : stored.slice(0, index + 1);
}

import type { HistoryEntry } from "../history-entry.ts";
import { mergeSort } from "../merge-sort.ts";
import { isText } from "../xml-attribute.ts";
import { parseTransitionMagic } from "./transition-key.ts";

/** Entries from oldest to newest. Source: part 1, 11.4. */
export function sortEntries(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  if (entries.length < 2) return entries;
  return mergeSort([...entries].reverse(), compareEntries);
}

/** Below 0: `a` is older. Not transitive where pending entries are involved. */
function compareEntries(a: HistoryEntry, b: HistoryEntry): number {
  const isSameNode = a.onNode === null ? b.onNode === null : isText(b.onNode, a.onNode);
  if (isSameNode && a.id === b.id) return 0;
  if (a.callId === -1 && b.callId === -1) return 0;
  if (isSameNode && a.callId >= 0 && a.callId < b.callId) return -1;
  if (isSameNode && b.callId >= 0 && b.callId < a.callId) return 1;
  if (a.callId >= 0 && b.callId >= 0 && (!isSameNode || a.callId === b.callId)) {
    return compareKnown(a.lastChangeS, b.lastChangeS);
  }
  return comparePending(a, b);
}

/** Exactly one entry is pending: the transition that it belongs to decides. */
function comparePending(a: HistoryEntry, b: HistoryEntry): number {
  const magicA = parseTransitionMagic(a.transitionMagic);
  const magicB = parseTransitionMagic(b.transitionMagic);
  if (magicA === null || magicB === null) return 0;
  if (!isText(magicA.uuid, magicB.uuid) || magicA.transitionId === magicB.transitionId) {
    return b.callId === -1 ? -1 : 1;
  }
  const idA = magicA.transitionId;
  const idB = magicB.transitionId;
  if ((idA >= 0 && idA < idB) || idB === -1) return -1;
  if ((idB >= 0 && idB < idA) || idA === -1) return 1;
  return 0;
}

function compareKnown(a: number, b: number): number {
  if (a >= 0 && a < b) return -1;
  if (b >= 0 && b < a) return 1;
  return 0;
}

/** `candidate` is strictly newer than `reference`. Source: part 1, 15. */
export function isNewer(candidate: HistoryEntry, reference: HistoryEntry): boolean {
  return compareEntries(reference, candidate) < 0;
}

/** The order in which people are shown entries of one resource on one node: by call id; what is under way has none yet and comes last. */
export function compareCalls(a: HistoryEntry, b: HistoryEntry): number {
  if (a.callId < 0 || b.callId < 0) return Number(a.callId < 0) - Number(b.callId < 0);
  return a.callId - b.callId;
}

/** Positions in sorted entries; -1: none. Source: part 1, 11.7. */
export interface StartAndStop {
  readonly start: number;
  readonly stop: number;
}

/** Where the latest start and stop are. */
export function startAndStopIndex(sorted: readonly HistoryEntry[]): StartAndStop {
  let stop = -1;
  let start = -1;
  let impliedByMonitor = -1;
  let impliedByRole = -1;
  for (const [index, entry] of sorted.entries()) {
    if (isText(entry.operation, "stop") && entry.xml.get("op-status") === "0") stop = index;
    else if (isText(entry.operation, "start") || isText(entry.operation, "migrate_from")) start = index;
    else if (impliedByMonitor <= stop && isText(entry.operation, "monitor")) {
      const exitStatus = entry.xml.get("rc-code");
      if (exitStatus === "0" || exitStatus === "8") impliedByMonitor = index;
    } else if (isText(entry.operation, "promote") || isText(entry.operation, "demote")) impliedByRole = index;
  }
  if (start === -1) start = impliedByRole !== -1 ? impliedByRole : impliedByMonitor;
  return { start, stop };
}

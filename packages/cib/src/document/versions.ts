import type { XmlElement } from "@quorate/xml";

/**
 * The version of a CIB. Compared from the first field to the last.
 * Source: CIB specification, section 2.
 */
export interface CibVersion {
  readonly adminEpoch: number;
  readonly epoch: number;
  readonly numUpdates: number;
}

/** What a counter counts as when it is missing or not a number: 0 in a loaded file, -1 in a replacement. */
export type MissingCounter = 0 | -1;

const VERSION_ATTRIBUTES = ["admin_epoch", "epoch", "num_updates"] as const;

export function versionOf(cib: XmlElement, missing: MissingCounter = 0): CibVersion {
  return {
    adminEpoch: counterOf(cib, "admin_epoch", missing),
    epoch: counterOf(cib, "epoch", missing),
    numUpdates: counterOf(cib, "num_updates", missing),
  };
}

/** The version attributes that are missing or unparsable, for the warning when a file is loaded. */
export function unusableCounters(cib: XmlElement): readonly string[] {
  return VERSION_ATTRIBUTES.filter((name) => counterOf(cib, name, -1) === -1);
}

/** Negative when `a` is older than `b`, 0 when they are equal, positive when `a` is newer. */
export function compareCibVersions(a: CibVersion, b: CibVersion): number {
  return a.adminEpoch - b.adminEpoch || a.epoch - b.epoch || a.numUpdates - b.numUpdates;
}

/** As in logs: `0.6.12`. */
export function formatVersion(version: CibVersion): string {
  return `${version.adminEpoch}.${version.epoch}.${version.numUpdates}`;
}

/**
 * Compares dotted numbers such as feature sets (`3.20.5`) part by part as numbers; a missing part counts as
 * 0 and so does one that is not a number.
 */
export function compareDotted(a: string, b: string): number {
  const aParts = a.split(".");
  const bParts = b.split(".");
  for (let index = 0; index < Math.max(aParts.length, bParts.length); index++) {
    const difference = wholeNumber(aParts[index] ?? "0", 0) - wholeNumber(bParts[index] ?? "0", 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function counterOf(cib: XmlElement, name: string, missing: number): number {
  return wholeNumber(cib.get(name) ?? "", missing);
}

function wholeNumber(text: string, otherwise: number): number {
  if (!/^\s*\+?\d{1,15}\s*$/.test(text)) return otherwise;
  return Number(text);
}

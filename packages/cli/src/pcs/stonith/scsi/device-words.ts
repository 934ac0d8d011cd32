import { quoted, splitAtKeywords } from "../../framework/assignments.ts";
import type { PcsCall } from "../../framework/command.ts";
import { duplicatesOf } from "../../framework/duplicates.ts";
import { fail } from "../../framework/reports.ts";

/** Which devices a fence device is to have: these, or some more and some less. */
export interface DeviceWords {
  readonly set: readonly string[] | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const NO_DEVICES =
  "You must specify either list of set devices or at least one device for add or delete/remove devices";

/** `set …`, or `add …` and `delete …` (`remove …`) or one of them. @throws PcsError */
export function deviceWords(call: PcsCall, words: readonly string[]): DeviceWords {
  const once = { repeats: "never" } as const;
  const parts = splitAtKeywords(words, { set: once, add: once, delete: once, remove: once });
  if (parts.get("")![0]!.length > 0) call.usage();
  const set = parts.get("set")?.[0] ?? null;
  const given = ["add", "delete", "remove"].flatMap((word) => parts.get(word) ?? []);
  const lists = set === null ? given : [set];
  const isMixed = set !== null && given.length > 0;
  if (isMixed || lists.length === 0 || lists.some((list) => list.length === 0)) call.usage(NO_DEVICES);
  const removed = ["delete", "remove"].flatMap((word) => parts.get(word)?.[0] ?? []);
  return { set, added: parts.get("add")?.[0] ?? [], removed };
}

/** The devices as they are to be, those that stay in their order. @throws PcsError */
export function wantedDevices(
  call: PcsCall,
  words: DeviceWords,
  present: readonly string[],
): readonly string[] {
  const { reports } = call;
  const { set, added, removed } = words;
  for (const list of [set ?? [], added, removed]) {
    const twice = duplicatesOf(list);
    if (twice.length > 0) reports.error(`devices must be unique, given more than once: ${quoted(twice)}`);
  }
  const odd = [...(set ?? []), ...added].filter((path) => !/^\/[^,\s]+$/.test(path));
  if (odd.length > 0)
    reports.error(
      `${quoted(odd)}: a device is an absolute path without blanks and commas, such as /dev/disk/by-id/NAME`,
    );
  const both = added.filter((device) => removed.includes(device));
  if (both.length > 0) reports.error(`devices cannot be added and removed at the same time: ${quoted(both)}`);
  const known = added.filter((device) => present.includes(device));
  if (known.length > 0) reports.error(`cannot add devices that are there already: ${quoted(known)}`);
  const missing = removed.filter((device) => !present.includes(device));
  if (missing.length > 0) reports.error(`cannot remove devices that are not there: ${quoted(missing)}`);
  reports.check();
  const wanted = set ?? [...present.filter((device) => !removed.includes(device)), ...added];
  if (wanted.length === 0)
    fail("no device would be left, and nothing could be fenced; add another one first");
  return wanted;
}

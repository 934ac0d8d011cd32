import { parseInterval } from "../values/duration.ts";

/** Names of the option by which a cluster relies on the watchdogs of its nodes: today's first, and that of old. Source: fencer specification, 7. */
export const WATCHDOG_TIMEOUT_NAMES: ReadonlySet<string> = new Set([
  "fencing-watchdog-timeout",
  "stonith-watchdog-timeout",
]);

/** Has the cluster take a lost node as down after some time with this value? With a negative one after twice SBD's own. */
export function reliesOnWatchdogs(value: string): boolean {
  return value.trim().startsWith("-") || parseInterval(value).milliseconds !== 0;
}

/**
 * What is wrong with that, after the name of the option. A node that lost quorum is reset by quorated itself, but not where that hangs, and what runs there
 * would run twice. A node without SBD leaves the cluster as soon as it learns that the others rely on it.
 */
export const NOTHING_RESETS =
  "would have the cluster take nodes as down that nothing resets: sbd without devices does so only where Pacemaker's daemons run";

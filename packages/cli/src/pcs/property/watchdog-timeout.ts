import { parseDurationMs } from "@quorate/cib";
import type { PcsCall } from "../framework/command.ts";
import { ownSbd } from "../stonith/sbd/own-sbd.ts";

/** Names of the property by which the cluster relies on SBD. */
export const WATCHDOG_TIMEOUTS: ReadonlySet<string> = new Set([
  "fencing-watchdog-timeout",
  "stonith-watchdog-timeout",
]);

/**
 * Whether the cluster may rely on the watchdogs with this value, as SBD is on this machine; an empty value removes the property. Not to rely on them
 * is always safe. With another value a node that is away counts as down after that time, while sbd resets one that lost quorum, or whose quorated
 * hangs, only where Pacemaker's own daemons run: what runs there would run twice.
 * @throws FileError
 */
export function checkWatchdogTimeout({ world, reports }: PcsCall, name: string, value: string): void {
  // A negative value is twice SBD's own timeout.
  const isRelied = value !== "" && (value.trim().startsWith("-") || parseDurationMs(value) !== 0);
  if (!isRelied) return;
  const sbd = ownSbd(world);
  if (!sbd.isEnabled) reports.forceable(`${name} can only be unset or set to 0 while SBD is disabled`);
  else if (sbd.devices.length > 0)
    reports.forceable(`${name} can only be unset or set to 0 while SBD is enabled with devices`);
  else {
    reports.forceable(
      `${name} would have the cluster take nodes as down that nothing resets: sbd without devices does so only where Pacemaker's daemons run`,
    );
    if (parseDurationMs(value)! <= sbd.timeoutS * 1000)
      reports.forceable(
        `The ${name} must be greater than SBD watchdog timeout '${sbd.timeoutS}', entered '${value}'`,
      );
  }
}

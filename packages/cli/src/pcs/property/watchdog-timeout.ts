import { parseDurationMs } from "@quorate/cib";
import type { PcsCall } from "../framework/command.ts";
import { ownSbd } from "../stonith/sbd/own-sbd.ts";

/** Names of the property by which the cluster relies on SBD. */
export const WATCHDOG_TIMEOUTS: ReadonlySet<string> = new Set([
  "fencing-watchdog-timeout",
  "stonith-watchdog-timeout",
]);

/** Whether the cluster may rely on the watchdogs with this value, as SBD is on this machine; an empty value removes the property. @throws FileError */
export function checkWatchdogTimeout({ world, reports }: PcsCall, name: string, value: string): void {
  const sbd = ownSbd(world);
  const isOff = /^0*(?:\D.*)?$/.test(value);
  // Without SBD nothing would reset the machine, so the cluster would wait for a reset that never comes.
  if (!sbd.isEnabled) {
    if (!isOff) reports.forceable(`${name} can only be unset or set to 0 while SBD is disabled`);
  } else if (sbd.devices.length > 0) {
    if (!isOff) reports.forceable(`${name} can only be unset or set to 0 while SBD is enabled with devices`);
  } else if (isOff)
    reports.forceable(`${name} cannot be unset or set to 0 while SBD is enabled without devices`);
  else if (parseDurationMs(value)! <= sbd.timeoutS * 1000)
    reports.forceable(
      `The ${name} must be greater than SBD watchdog timeout '${sbd.timeoutS}', entered '${value}'`,
    );
}

import { NOTHING_RESETS, parseDurationMs, reliesOnWatchdogs } from "@quorate/cib";
import type { PcsCall } from "../framework/command.ts";
import { ownSbd } from "../stonith/sbd/own-sbd.ts";

/**
 * Whether the cluster may rely on the watchdogs with this value, as SBD is on this machine; an empty value removes the property. Not to rely on them
 * is always safe. Every other value needs force, as with all commands that write it, but here the reason can be told that pcs tells.
 * @throws FileError
 */
export function checkWatchdogTimeout({ world, reports }: PcsCall, name: string, value: string): void {
  if (value === "" || !reliesOnWatchdogs(value)) return;
  const sbd = ownSbd(world);
  if (!sbd.isEnabled) reports.forceable(`${name} can only be unset or set to 0 while SBD is disabled`);
  else if (sbd.devices.length > 0)
    reports.forceable(`${name} can only be unset or set to 0 while SBD is enabled with devices`);
  else {
    reports.forceable(`${name} ${NOTHING_RESETS}`);
    if (parseDurationMs(value)! <= sbd.timeoutS * 1000)
      reports.forceable(
        `The ${name} must be greater than SBD watchdog timeout '${sbd.timeoutS}', entered '${value}'`,
      );
  }
}

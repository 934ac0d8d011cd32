import { OcfCode } from "@quorate/ports";

const OCF_CODES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 190, 191]);

/** What LSB init scripts exit with for `status`. */
const LSB_STATUS_CODES: ReadonlyMap<number, number> = new Map([
  [0, OcfCode.ok],
  [1, OcfCode.notRunning],
  [2, OcfCode.notRunning],
  [3, OcfCode.notRunning],
  [150, OcfCode.notInstalled],
  [151, OcfCode.insufficientPrivileges],
]);

/** An OCF agent's exit code; what the standard does not know is an error. Source: executor specification, 6. */
export function ocfResultCode(exitCode: number): number {
  return OCF_CODES.has(exitCode) ? exitCode : OcfCode.genericError;
}

/** An LSB script's exit code; `status` has a meaning of its own. Source: executor specification, 6. */
export function lsbResultCode(action: string, exitCode: number): number {
  if (action === "status" || action === "monitor") {
    return LSB_STATUS_CODES.get(exitCode) ?? OcfCode.genericError;
  }
  return exitCode >= 0 && exitCode <= OcfCode.notRunning ? exitCode : OcfCode.genericError;
}

import { ExecutionStatus, OcfCode } from "@quorate/ports";
import type { CommandResult } from "./command-queue.ts";

/** What a run of a fence agent means for the resource that is its device. Source: executor specification, 8. */
export function resourceResult(result: CommandResult): { status: number; rc: number; reason: string } {
  const { isSuccess, status, reason } = result;
  if (isSuccess) return { status: ExecutionStatus.done, rc: OcfCode.ok, reason: "" };
  switch (status) {
    case ExecutionStatus.noFenceDevice:
      return { status, rc: OcfCode.notRunning, reason };
    case ExecutionStatus.unsupported:
      return { status, rc: OcfCode.unimplemented, reason };
    case ExecutionStatus.notInstalled:
      return { status, rc: OcfCode.notInstalled, reason };
    case ExecutionStatus.timedOut:
    case ExecutionStatus.cancelled:
      return { status, rc: OcfCode.genericError, reason };
    default:
      return { status: ExecutionStatus.done, rc: OcfCode.genericError, reason };
  }
}

import { ExecutionStatus, type FenceOutcome, type FenceRequest, type FencingRecord } from "@quorate/ports";

/** What whoever waits for an operation is told. `status` is what went wrong; a success has none. */
export function outcomeOf(record: FencingRecord, status: number): FenceOutcome {
  const isSuccess = record.state === "success";
  return { isSuccess, status: isSuccess ? ExecutionStatus.done : status, reason: record.exitReason, record };
}

/** What makes a request one that no fencer could take from a message. */
export function problemOf(request: FenceRequest): string | null {
  if (request.target === "") return "the request names no target";
  for (const name of ["timeoutS", "delayS", "toleranceS"] as const)
    if (!Number.isFinite(request[name]))
      return `${name} of the request is ${request[name]}, which is no duration`;
  return null;
}

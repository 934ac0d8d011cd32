import { type Clock, ExecutionStatus, type Fencer, OcfCode, type Operation } from "@quorate/ports";
import type { RunResult } from "../queue/entry.ts";
import { formatDuration } from "./durations.ts";
import { instanceParameters } from "./environment.ts";
import { refusal } from "./results.ts";

/** What resources of class stonith need of the fencer of this node. */
export type StonithDevices = Pick<Fencer, "startDevice" | "monitorDevice" | "stopDevice" | "isDeviceStarted">;

/** The fencer has its own limits; only when it does not answer at all does the executor give up, this much later. */
const ANSWER_GRACE_MS = 5000;

/** A fence device as a resource: it "runs" where it is registered and monitored. Source: executor specification, 8. */
export function runStonithOperation(
  operation: Operation,
  surroundings: { readonly devices: StonithDevices | null; readonly clock: Clock },
  done: (result: RunResult) => void,
): { cancel(): void } {
  const { clock } = surroundings;
  let isFinished = false;
  const finish = (result: RunResult): void => {
    if (!isFinished) {
      isFinished = true;
      limit?.cancel();
      done(result);
    }
  };
  const limit =
    operation.timeoutMs > 0
      ? clock.setTimer(operation.timeoutMs + ANSWER_GRACE_MS, () => finish(noAnswer(operation)))
      : null;
  const answerLater = (result: RunResult): void => {
    clock.setTimer(0, () => finish(result));
  };
  request(operation, surroundings.devices, { answerLater, finish });
  return { cancel: () => answerLater(refusal(ExecutionStatus.cancelled, OcfCode.ok, "")) };
}

function request(
  operation: Operation,
  devices: StonithDevices | null,
  answer: { answerLater(result: RunResult): void; finish(result: RunResult): void },
): void {
  if (devices === null) {
    answer.answerLater(refusal(ExecutionStatus.error, OcfCode.genericError, "No fencer on this node"));
    return;
  }
  const deviceRequest = {
    deviceId: operation.resourceId,
    agent: operation.agent.type,
    parameters: instanceParameters(operation),
    timeoutMs: operation.timeoutMs,
  };
  const fenced = (result: { status: number; rc: number; reason: string }): void =>
    answer.finish(refusal(result.status, result.rc, result.reason));
  switch (operation.action) {
    case "start":
      devices.startDevice(deviceRequest, fenced);
      return;
    case "stop":
      devices.stopDevice(operation.resourceId);
      answer.answerLater(refusal(ExecutionStatus.done, OcfCode.ok, ""));
      return;
    case "monitor":
      if (operation.intervalMs > 0) {
        devices.monitorDevice(deviceRequest, fenced);
        return;
      }
      answer.answerLater(
        refusal(
          ExecutionStatus.done,
          devices.isDeviceStarted(operation.resourceId) ? OcfCode.ok : OcfCode.notRunning,
          "",
        ),
      );
      return;
    default:
      answer.answerLater(
        refusal(
          ExecutionStatus.error,
          OcfCode.unimplemented,
          `Action ${operation.action} is not possible with a fence device; only start, stop and monitor are`,
        ),
      );
  }
}

function noAnswer(operation: Operation): RunResult {
  return refusal(
    ExecutionStatus.timedOut,
    OcfCode.genericError,
    `Fence agent did not complete within ${formatDuration(operation.timeoutMs)}`,
  );
}

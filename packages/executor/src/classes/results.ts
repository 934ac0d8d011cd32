import { ExecutionStatus, OcfCode } from "@quorate/ports";
import { parseExitReason } from "../process/exit-reason.ts";
import type { ProcessResult } from "../process/run-process.ts";
import { describeSignal, describeSystemError } from "../process/system-errors.ts";
import type { RunResult } from "../queue/entry.ts";
import { formatDuration } from "./durations.ts";

/** Characters of an agent's output that go along with a result; the end is kept, where the reason usually is. */
const OUTPUT_LENGTH_MAX = 8192;

const NOT_INSTALLED: ReadonlySet<string> = new Set([
  "ENOENT",
  "EISDIR",
  "ENOTDIR",
  "EINVAL",
  "ENOEXEC",
  "ELOOP",
  "ENAMETOOLONG",
]);
const NOT_PERMITTED: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

/** A result of an operation for which no process ran. */
export function refusal(status: number, rc: number, exitReason: string): RunResult {
  return { status, rc, exitReason, output: "", pid: null };
}

/** The result when an agent cannot be started. Source: executor specification, 6 (not executed at all). */
export function startFailure(code: string, subject: string): RunResult {
  const reason = `${subject}: ${describeSystemError(code)}`;
  if (NOT_INSTALLED.has(code)) {
    return refusal(ExecutionStatus.notInstalled, OcfCode.notInstalled, reason);
  }
  return NOT_PERMITTED.has(code)
    ? refusal(ExecutionStatus.error, OcfCode.insufficientPrivileges, reason)
    : refusal(ExecutionStatus.error, OcfCode.genericError, reason);
}

/** Turns the end of an agent's process into the operation's result. Source: executor specification, 4 and 6. */
export function agentResult(
  process: ProcessResult,
  options: {
    readonly path: string;
    readonly timeoutMs: number;
    readonly code: (exitCode: number) => number;
    /** Whether the agent may give an exit reason on standard error (OCF only). */
    readonly givesReason: boolean;
  },
): RunResult {
  switch (process.kind) {
    case "notStarted":
      // The agent's file was there a moment ago: what is not there now is most likely what its first line names.
      return startFailure(
        process.code,
        process.code === "ENOENT" ? `${options.path} or its interpreter` : options.path,
      );
    case "unprepared":
      return refusal(ExecutionStatus.error, OcfCode.genericError, process.reason);
    case "cancelled":
      return refusal(ExecutionStatus.cancelled, OcfCode.ok, "");
    case "exited":
      return {
        status: ExecutionStatus.done,
        rc: options.code(process.code),
        exitReason: (options.givesReason ? parseExitReason(process.stderr) : null) ?? "",
        output: preferredOutput(process),
        pid: process.pid,
      };
    case "signalled":
      return {
        status: ExecutionStatus.error,
        rc: OcfCode.genericError,
        exitReason: `Resource agent interrupted by ${describeSignal(process.signal)} signal`,
        output: preferredOutput(process),
        pid: process.pid,
      };
    case "timedOut":
      return {
        status: ExecutionStatus.timedOut,
        rc: OcfCode.genericError,
        exitReason:
          (options.givesReason ? parseExitReason(process.stderr) : null) ??
          `Resource agent did not complete within ${formatDuration(options.timeoutMs)}`,
        output: preferredOutput(process),
        pid: process.pid,
      };
    default:
      return process satisfies never;
  }
}

function preferredOutput(process: { readonly stdout: string; readonly stderr: string }): string {
  const output = process.stderr === "" ? process.stdout : process.stderr;
  return output.length > OUTPUT_LENGTH_MAX ? output.slice(-OUTPUT_LENGTH_MAX) : output;
}

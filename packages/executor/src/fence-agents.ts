import { ExecutionStatus, type FenceAgentResult, type FenceAgentRun, type FenceAgents } from "@quorate/ports";
import type { AgentPlaces } from "./agent-places.ts";
import { formatDuration } from "./classes/durations.ts";
import { locateAgent } from "./classes/locate.ts";
import { substituteSecrets } from "./classes/secrets.ts";
import { loggedLines } from "./process/logged-lines.ts";
import { type Redaction, redactionOf } from "./process/redaction.ts";
import { type ProcessResult, type ProcessSurroundings, runProcess } from "./process/run-process.ts";
import { describeSignal, describeSystemError } from "./process/system-errors.ts";

/** Runs fence agents as processes: no arguments, parameters on standard input. Source: fencer specification, 4. */
export class FenceAgentProcesses implements FenceAgents {
  readonly #places: AgentPlaces;
  readonly #surroundings: ProcessSurroundings;

  constructor(places: AgentPlaces, surroundings: ProcessSurroundings) {
    this.#places = places;
    this.#surroundings = surroundings;
  }

  run(request: FenceAgentRun, done: (result: FenceAgentResult) => void): void {
    void this.#run(request).then(done);
  }

  async #run(request: FenceAgentRun): Promise<FenceAgentResult> {
    const secrets = await substituteSecrets(request.parameters, {
      directory: this.#places.secretsDirectory,
      resourceId: request.deviceId,
    });
    if (!secrets.ok) {
      this.#surroundings.log("error", `Secrets of ${request.deviceId} cannot be loaded: ${secrets.reason}`);
      return failure(ExecutionStatus.noSecrets, "Unable to load CIB secrets");
    }
    const redaction = redactionOf(secrets.parameters, secrets.revealed);
    const input = formatInput(secrets.parameters);
    if (!input.ok) {
      return failure(ExecutionStatus.fatalError, `${request.agent}: ${input.reason}`);
    }
    const location = await locateAgent(this.#places.fenceDirectories, [request.agent]);
    if (!location.ok) {
      return failure(
        startStatus(location.code),
        `${location.subject}: ${describeSystemError(location.code)}`,
      );
    }
    const ended = await new Promise<ProcessResult>((resolve) => {
      runProcess(
        {
          path: location.path,
          args: [],
          environment: this.#places.environment,
          workingDirectory: this.#places.workingDirectory,
          input: input.text,
          timeoutMs: request.timeoutMs,
          user: null,
          killsGroup: true,
          label: request.agent,
        },
        this.#surroundings,
        resolve,
      );
    });
    this.#logOutput(request.agent, ended, redaction);
    const result = fenceResult(request, location.path, ended);
    return { ...result, stderr: redaction.apply(result.stderr) };
  }

  /** What a fence agent complains about is wanted when fencing fails. Source: fencer specification, 4. */
  #logOutput(agent: string, ended: ProcessResult, redaction: Redaction): void {
    if (ended.kind === "notStarted" || ended.kind === "unprepared" || ended.kind === "cancelled") {
      return;
    }
    for (const line of loggedLines(redaction.apply(ended.stderr))) {
      this.#surroundings.log("warning", `${agent}[${ended.pid}] stderr: [ ${line} ]`);
    }
    for (const line of loggedLines(redaction.apply(ended.stdout))) {
      this.#surroundings.log("debug", `${agent}[${ended.pid}] stdout: [ ${line} ]`);
    }
  }
}

type Input = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** One `key=value` line for each parameter. A line break in a value would smuggle in another parameter: refused. */
function formatInput(parameters: ReadonlyMap<string, string>): Input {
  let text = "";
  for (const [name, value] of parameters) {
    if (/[\n\0=]/u.test(name) || /[\n\0]/u.test(value)) {
      return {
        ok: false,
        reason: `parameter "${name}" cannot be passed to a fence agent: line breaks are not possible in it`,
      };
    }
    text += `${name}=${value}\n`;
  }
  return { ok: true, text };
}

function fenceResult(request: FenceAgentRun, path: string, ended: ProcessResult): FenceAgentResult {
  switch (ended.kind) {
    case "exited":
      return {
        status: ExecutionStatus.done,
        exitCode: ended.code,
        stdout: ended.stdout,
        stderr: ended.stderr,
        reason: "",
      };
    case "signalled":
      return {
        ...failure(
          ExecutionStatus.error,
          `Fence agent interrupted by ${describeSignal(ended.signal)} signal`,
        ),
        stdout: ended.stdout,
        stderr: ended.stderr,
      };
    case "timedOut":
      return {
        ...failure(
          ExecutionStatus.timedOut,
          `Fence agent did not complete within ${formatDuration(request.timeoutMs)}`,
        ),
        stdout: ended.stdout,
        stderr: ended.stderr,
      };
    case "notStarted":
      return failure(startStatus(ended.code), `${path}: ${describeSystemError(ended.code)}`);
    case "unprepared":
      return failure(ExecutionStatus.error, ended.reason);
    case "cancelled":
      return failure(ExecutionStatus.cancelled, "Fence agent was cancelled");
    default:
      return ended satisfies never;
  }
}

function startStatus(code: string): number {
  return code === "EACCES" || code === "EPERM" ? ExecutionStatus.error : ExecutionStatus.notInstalled;
}

function failure(status: number, reason: string): FenceAgentResult {
  return { status, exitCode: -1, stdout: "", stderr: "", reason };
}

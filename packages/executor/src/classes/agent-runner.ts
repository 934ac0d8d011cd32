import { type AgentName, ExecutionStatus, type Log, OcfCode, type Operation } from "@quorate/ports";
import type { AgentPlaces } from "../agent-places.ts";
import { loggedLines } from "../process/logged-lines.ts";
import { type Redaction, redactionOf } from "../process/redaction.ts";
import { type ProcessResult, type ProcessSurroundings, runProcess } from "../process/run-process.ts";
import type { OperationRunner, RunResult } from "../queue/entry.ts";
import { unitExists } from "../systemd/catalogue.ts";
import type { SystemdManager } from "../systemd/manager.ts";
import { formatDuration } from "./durations.ts";
import { ocfEnvironment } from "./environment.ts";
import { lsbResultCode, ocfResultCode } from "./exit-codes.ts";
import { checkExecutable, type Location, locateAgent } from "./locate.ts";
import { agentResult, refusal, startFailure } from "./results.ts";
import { substituteSecrets } from "./secrets.ts";
import { runStonithOperation, type StonithDevices } from "./stonith.ts";
import { runSystemdOperation } from "./systemd.ts";

/** A process to run for an operation. */
interface PreparedRun {
  readonly path: string;
  readonly argument: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly code: (exitCode: number) => number;
  readonly givesReason: boolean;
  readonly redaction: Redaction;
}

type Preparation =
  | { readonly kind: "run"; readonly run: PreparedRun }
  | { readonly kind: "systemd" }
  | { readonly kind: "refused"; readonly result: RunResult };

/** Runs operations of classes ocf and lsb as processes, systemd's over the message bus, those of class stonith through the fencer. */
export class AgentRunner implements OperationRunner {
  readonly #places: AgentPlaces;
  readonly #process: ProcessSurroundings;
  readonly #systemd: SystemdManager;
  readonly #devices: () => StonithDevices | null;

  constructor(
    places: AgentPlaces,
    surroundings: {
      readonly process: ProcessSurroundings;
      readonly systemd: SystemdManager;
      readonly devices: () => StonithDevices | null;
    },
  ) {
    this.#places = places;
    this.#process = surroundings.process;
    this.#systemd = surroundings.systemd;
    this.#devices = surroundings.devices;
  }

  start(operation: Operation, _callId: number, done: (result: RunResult) => void): { cancel(): void } {
    if (operation.agent.class === "stonith") {
      return runStonithOperation(operation, { devices: this.#devices(), clock: this.#process.clock }, done);
    }
    let isCancelled = false;
    let running: { cancel(): void } | null = null;
    const begin = (preparation: Preparation): void => {
      if (isCancelled) {
        done(refusal(ExecutionStatus.cancelled, OcfCode.ok, ""));
      } else if (preparation.kind === "refused") {
        done(preparation.result);
      } else if (preparation.kind === "systemd") {
        running = this.#runUnit(operation, done);
      } else {
        running = this.#run(operation, preparation.run, done);
      }
    };
    void this.#prepare(operation).then(begin, (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      done(refusal(ExecutionStatus.error, OcfCode.genericError, reason));
    });
    return {
      cancel: () => {
        isCancelled = true;
        running?.cancel();
      },
    };
  }

  async #prepare(operation: Operation): Promise<Preparation> {
    const { agent, action } = operation;
    if (agent.class === "" || agent.type === "" || action === "") {
      return missingInformation();
    }
    switch (agent.class) {
      case "ocf":
        return agent.provider === "" ? missingInformation() : this.#prepareOcf(operation);
      case "lsb":
        return this.#prepareLsb(agent, action);
      case "service":
        return this.#prepareService(agent, action);
      case "systemd":
        return { kind: "systemd" };
      default:
        return refusedClass(
          `Agent class ${agent.class} is not known: use ocf, systemd, lsb, service or stonith`,
        );
    }
  }

  async #prepareOcf(operation: Operation): Promise<Preparation> {
    const { agent, action, resourceId } = operation;
    const location = await locateAgent(this.#places.ocfDirectories, [agent.provider, agent.type]);
    if (!location.ok) {
      return refusedStart(location);
    }
    const secrets = await substituteSecrets(operation.parameters, {
      directory: this.#places.secretsDirectory,
      resourceId,
    });
    if (!secrets.ok) {
      this.#process.log("error", `Secrets of ${resourceId} cannot be loaded: ${secrets.reason}`);
      // Stopping is worth a try even so: often it needs no password.
      if (action !== "stop") {
        return refused(
          refusal(ExecutionStatus.noSecrets, OcfCode.invalidArguments, "Unable to load CIB secrets"),
        );
      }
    }
    const parameters = secrets.ok ? secrets.parameters : operation.parameters;
    return {
      kind: "run",
      run: {
        path: location.path,
        argument: action,
        environment: ocfEnvironment(agent, resourceId, parameters, {
          base: this.#places.environment,
          ocfRoot: this.#places.ocfRoot,
        }),
        code: ocfResultCode,
        givesReason: true,
        redaction: redactionOf(parameters, secrets.ok ? secrets.revealed : new Set()),
      },
    };
  }

  /** An init script of the name wins over a unit; what is neither ends as a missing script. */
  async #prepareService(agent: AgentName, action: string): Promise<Preparation> {
    const script = await this.#prepareLsb(agent, action);
    return script.kind === "refused" && (await unitExists(this.#systemd, agent.type))
      ? { kind: "systemd" }
      : script;
  }

  #runUnit(operation: Operation, done: (result: RunResult) => void): { cancel(): void } {
    const { clock, log } = this.#process;
    const surroundings = {
      manager: this.#systemd,
      unitsDirectory: this.#places.systemdUnitsDirectory,
      clock,
      log,
    };
    return runSystemdOperation(operation, surroundings, done);
  }

  async #prepareLsb(agent: AgentName, action: string): Promise<Preparation> {
    const location = agent.type.startsWith("/")
      ? await checkExecutable(agent.type, agent.type)
      : await locateAgent([this.#places.lsbDirectory], [agent.type]);
    if (!location.ok) {
      return refusedStart(location);
    }
    return {
      kind: "run",
      run: {
        path: location.path,
        argument: action === "monitor" ? "status" : action,
        environment: this.#places.environment,
        code: (exitCode) => lsbResultCode(action, exitCode),
        givesReason: false,
        redaction: redactionOf(new Map()),
      },
    };
  }

  #run(operation: Operation, run: PreparedRun, done: (result: RunResult) => void): { cancel(): void } {
    const label = `${operation.resourceId}_${operation.action}_${operation.intervalMs}`;
    return runProcess(
      {
        path: run.path,
        args: [run.argument],
        environment: run.environment,
        workingDirectory: this.#places.workingDirectory,
        input: null,
        timeoutMs: operation.timeoutMs,
        user: null,
        killsGroup: operation.killsGroup,
        label,
      },
      this.#process,
      (raw) => {
        const ended = redacted(raw, run.redaction);
        logOutput(this.#process.log, { label, timeoutMs: operation.timeoutMs }, ended);
        done(
          agentResult(ended, {
            path: run.path,
            timeoutMs: operation.timeoutMs,
            code: run.code,
            givesReason: run.givesReason,
          }),
        );
      },
    );
  }
}

function refused(result: RunResult): Preparation {
  return { kind: "refused", result };
}

function refusedClass(reason: string): Preparation {
  return refused(refusal(ExecutionStatus.notInstalled, OcfCode.notInstalled, reason));
}

function refusedStart(location: Location & { readonly ok: false }): Preparation {
  return refused(startFailure(location.code, location.subject));
}

function missingInformation(): Preparation {
  return refused(
    refusal(ExecutionStatus.fatalError, OcfCode.genericError, "Required agent or action information missing"),
  );
}

function redacted(ended: ProcessResult, redaction: Redaction): ProcessResult {
  return "stdout" in ended
    ? { ...ended, stdout: redaction.apply(ended.stdout), stderr: redaction.apply(ended.stderr) }
    : ended;
}

function logOutput(
  log: Log,
  run: { readonly label: string; readonly timeoutMs: number },
  ended: ProcessResult,
): void {
  if (ended.kind === "notStarted" || ended.kind === "unprepared" || ended.kind === "cancelled") {
    return;
  }
  if (ended.kind === "timedOut") {
    log(
      "warning",
      `Resource agent ${run.label}[${ended.pid}] timed out after ${formatDuration(run.timeoutMs)}`,
    );
  }
  for (const line of loggedLines(ended.stderr)) {
    log("notice", `${run.label}[${ended.pid}] error output [ ${line} ]`);
  }
  for (const line of loggedLines(ended.stdout)) {
    log("debug", `${run.label}[${ended.pid}] output [ ${line} ]`);
  }
}

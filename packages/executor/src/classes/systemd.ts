import { type Clock, ExecutionStatus, type Log, OcfCode, type Operation } from "@quorate/ports";
import { DBusError, DISCONNECTED, NO_REPLY } from "../dbus/connection.ts";
import type { RunResult } from "../queue/entry.ts";
import type { SystemdManager, UnitJob } from "../systemd/manager.ts";
import { removeOverride, writeOverride } from "../systemd/override.ts";
import { isUnitName, isUnknownUnit, unitName } from "../systemd/units.ts";
import { refusal } from "./results.ts";

export interface SystemdSurroundings {
  readonly manager: SystemdManager;
  /** Where systemd looks for settings that last until the next boot: `/run/systemd/system`. */
  readonly unitsDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time between looks at a unit that is on its way to another state. */
const POLL_MS_MAX = 2000;
const NO_TIMEOUT_MS = 24 * 60 * 60 * 1000;

const TRANSITIONAL: ReadonlySet<string> = new Set([
  "activating",
  "deactivating",
  "maintenance",
  "refreshing",
]);
const ACTIVE: ReadonlySet<string> = new Set(["active", "reloading"]);

/**
 * Operations of class systemd: jobs of the manager, and the state of a unit. A unit on its way to another state is
 * looked at again until it has arrived or the time of the operation is over; one result is given for all looks.
 * Source: executor specification, 7.
 */
export function runSystemdOperation(
  operation: Operation,
  surroundings: SystemdSurroundings,
  done: (result: RunResult) => void,
): { cancel(): void } {
  const run = new SystemdRun(operation, surroundings, done);
  run.start();
  return { cancel: () => run.cancel() };
}

/** What goes on after the operation has timed out or was cancelled comes to this, and nobody is told. */
const UNUSED: RunResult = refusal(ExecutionStatus.cancelled, OcfCode.ok, "");

class SystemdRun {
  readonly #operation: Operation;
  readonly #surroundings: SystemdSurroundings;
  readonly #done: (result: RunResult) => void;
  readonly #unit: string;
  readonly #timeoutMs: number;
  readonly #limit: { cancel(): void };
  readonly #startedMs: number;
  #isFinished = false;
  #leaveTurn: () => void = () => {};

  constructor(operation: Operation, surroundings: SystemdSurroundings, done: (result: RunResult) => void) {
    this.#operation = operation;
    this.#surroundings = surroundings;
    this.#done = done;
    this.#unit = unitName(operation.agent.type);
    this.#timeoutMs = operation.timeoutMs > 0 ? operation.timeoutMs : NO_TIMEOUT_MS;
    this.#startedMs = surroundings.clock.monotonicMs();
    this.#limit = surroundings.clock.setTimer(this.#timeoutMs, () => this.#finish(this.#timedOut()));
  }

  start(): void {
    this.#perform().then(
      (result) => this.#finish(result),
      (error: unknown) => this.#finish(this.#failure(error)),
    );
  }

  cancel(): void {
    this.#surroundings.clock.setTimer(0, () =>
      this.#finish(refusal(ExecutionStatus.cancelled, OcfCode.ok, "")),
    );
  }

  #perform(): Promise<RunResult> {
    if (!isUnitName(this.#unit))
      return Promise.resolve(
        refusal(ExecutionStatus.notInstalled, OcfCode.notInstalled, `"${this.#unit}" is no name of a unit`),
      );
    switch (this.#operation.action) {
      case "monitor":
      case "status":
        return this.#monitor();
      case "start":
        return this.#changeUnit("StartUnit");
      case "stop":
        return this.#changeUnit("StopUnit");
      case "restart":
        return this.#changeUnit("RestartUnit");
      default:
        return Promise.resolve(
          refusal(
            ExecutionStatus.error,
            OcfCode.unimplemented,
            `Action ${this.#operation.action} not implemented for systemd resources`,
          ),
        );
    }
  }

  async #monitor(): Promise<RunResult> {
    for (;;) {
      const state = await this.#activeState();
      if (ACTIVE.has(state)) return refusal(ExecutionStatus.done, OcfCode.ok, "");
      if (!TRANSITIONAL.has(state)) return refusal(ExecutionStatus.done, OcfCode.notRunning, state);
      const remainingMs = this.#startedMs + this.#timeoutMs - this.#surroundings.clock.monotonicMs();
      await this.#pause(Math.max(1, Math.min(POLL_MS_MAX, this.#timeoutMs / 10, remainingMs / 2)));
      if (this.#isFinished) return UNUSED;
    }
  }

  async #activeState(): Promise<string> {
    const { manager } = this.#surroundings;
    try {
      return await manager.unitProperty(await manager.loadUnit(this.#unit), "ActiveState");
    } catch (error) {
      // systemd closes its connections when it executes itself anew; it is back in a moment.
      const isRestarting =
        error instanceof DBusError &&
        error.errorName === NO_REPLY &&
        error.message.includes("disconnected from message bus");
      if (isRestarting) return "activating";
      throw error;
    }
  }

  /**
   * Waiting for others of the same unit is within the time of the operation. One that ends while it waits, or while systemd is at its
   * job, makes way at once; one that is preparing its job when it has seen that: what it does to the unit's settings must not come
   * after what the next does. The next could not go on without systemd either.
   */
  async #changeUnit(method: UnitJob): Promise<RunResult> {
    const turn = this.#surroundings.manager.turns.take(this.#unit, method);
    this.#leaveTurn = turn.leave;
    await turn.ready;
    if (this.#isFinished) return UNUSED;
    this.#leaveTurn = () => {};
    try {
      const refused = await this.#prepareJob(method);
      if (refused !== null || this.#isFinished) return refused ?? UNUSED;
      this.#leaveTurn = turn.leave;
      return await this.#runJob(method);
    } finally {
      turn.leave();
    }
  }

  /** The unit's settings, as the job wants them. Null: systemd knows them, and the job can begin. */
  async #prepareJob(method: UnitJob): Promise<RunResult | null> {
    const { manager, unitsDirectory, log } = this.#surroundings;
    const unit = this.#unit;
    try {
      await manager.loadUnit(unit);
    } catch (error) {
      if (isConnectionError(error)) throw error;
      return this.#error(`No DBus object found for systemd unit ${unit}`);
    }
    if (this.#isFinished) return UNUSED;
    if (method === "StopUnit") {
      await removeOverride(unitsDirectory, unit).catch((error: unknown) =>
        log("warning", `Cannot remove the override of systemd unit ${unit}: ${String(error)}`),
      );
    } else {
      try {
        await writeOverride(unitsDirectory, unit);
      } catch (error) {
        log("error", `Cannot write the override of systemd unit ${unit}: ${String(error)}`);
        return this.#error(`Failed to create systemd override file for ${unit}`);
      }
    }
    await manager.reload();
    return null;
  }

  async #runJob(method: UnitJob): Promise<RunResult> {
    const { manager } = this.#surroundings;
    const unit = this.#unit;
    let result: string;
    try {
      result = await manager.runJob(method, unit, {
        timeoutMs: this.#timeoutMs,
        isWanted: () => !this.#isFinished,
      });
    } catch (error) {
      if (!isUnknownUnit(error)) throw error;
      return method === "StopUnit"
        ? refusal(ExecutionStatus.done, OcfCode.ok, "")
        : refusal(ExecutionStatus.notInstalled, OcfCode.notInstalled, `systemd unit ${unit} not found`);
    }
    return this.#jobResult(result);
  }

  #jobResult(result: string): RunResult {
    const job = `systemd ${this.#operation.action} job for ${this.#unit}`;
    switch (result) {
      case "done":
        return refusal(ExecutionStatus.done, OcfCode.ok, "");
      case "timeout":
        return refusal(ExecutionStatus.timedOut, OcfCode.genericError, `${job} timed out`);
      default:
        return refusal(ExecutionStatus.done, OcfCode.genericError, `${job} failed with result '${result}'`);
    }
  }

  #failure(error: unknown): RunResult {
    if (isConnectionError(error)) return this.#error("No DBus connection");
    const cause = error instanceof Error ? error.message : String(error);
    this.#surroundings.log("error", `${this.#operation.action} of systemd unit ${this.#unit}: ${cause}`);
    return this.#error("Unable to invoke systemd DBus method");
  }

  #error(reason: string): RunResult {
    return refusal(ExecutionStatus.error, OcfCode.genericError, reason);
  }

  #timedOut(): RunResult {
    const { action } = this.#operation;
    const reason =
      action === "monitor" || action === "status"
        ? "Investigate reason for timeout, and adjust configured operation timeout if necessary"
        : `${action} action for systemd unit ${this.#unit} did not complete in time`;
    return refusal(ExecutionStatus.timedOut, OcfCode.genericError, reason);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#surroundings.clock.setTimer(delayMs, resolve));
  }

  #finish(result: RunResult): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#limit.cancel();
    this.#leaveTurn();
    this.#done(result);
  }
}

function isConnectionError(error: unknown): boolean {
  return (
    error instanceof DBusError &&
    (error.errorName === DISCONNECTED || error.errorName === "org.freedesktop.DBus.Error.AuthFailed")
  );
}

import {
  type Clock,
  ExecutionStatus,
  type FenceAgentResult,
  type FenceAgents,
  type Log,
} from "@quorate/ports";
import type { AgentAction } from "./parameters.ts";

/** How a command of a device ended. */
export interface CommandResult {
  /** The agent ran and exited with 0. Nothing else is success. */
  readonly isSuccess: boolean;
  /** One of `ExecutionStatus`. */
  readonly status: number;
  /** Of the last run; -1 when there was none. `status`: 0 is on, 2 is off. */
  readonly exitCode: number;
  readonly stdout: string;
  /** For people; empty on success. */
  readonly reason: string;
}

export interface Command {
  readonly action: AgentAction;
  /** Empty for actions without one. */
  readonly target: string;
  readonly client: string;
  /** Fencing operation that it is for; empty when it is for none. */
  readonly operationId: string;
  readonly delayMs: number;
  readonly timeoutMs: number;
  readonly attemptsMax: number;
  readonly parameters: ReadonlyMap<string, string>;
  done(result: CommandResult): void;
}

interface Context {
  readonly deviceId: string;
  readonly agent: string;
  readonly limit: number;
  readonly agents: FenceAgents;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_PAUSE_MS = 1000;
/** After this share of its time a command is not tried again. */
const RETRY_SHARE = 0.7;

/**
 * The commands of one device on this node: at most `limit` at a time; one whose delay runs does not hold up others.
 * Where two clients wait for the same, one run does for both; but only a run that began after both had asked, since one
 * that was under way may have ended an earlier life of the target.
 * Source: fencer specification, 4.
 */
export class CommandQueue {
  readonly #context: Context;
  readonly #delayed = new Set<Command>();
  #waiting: Command[] = [];
  /** Running commands that are not to be tried again. */
  readonly #withdrawn = new Set<Command>();
  readonly #running = new Set<Command>();
  #isClosed = false;

  constructor(context: Context) {
    this.#context = context;
  }

  add(command: Command): void {
    if (this.#isClosed) {
      this.#later(command, removed());
      return;
    }
    if (command.delayMs <= 0) {
      this.#waiting.push(command);
      this.#context.clock.setTimer(0, () => this.#next());
      return;
    }
    this.#context.log(
      "notice",
      `Delaying '${command.action}' action targeting ${command.target} using ${this.#context.deviceId} for ${command.delayMs / 1000}s`,
    );
    this.#delayed.add(command);
    this.#context.clock.setTimer(command.delayMs, () => {
      if (!this.#delayed.delete(command)) return;
      this.#waiting.push(command);
      this.#next();
    });
  }

  /** The device is gone: what has not begun fails, what runs goes on. */
  close(): void {
    this.#isClosed = true;
    const unbegun = [...this.#delayed, ...this.#waiting];
    this.#delayed.clear();
    this.#waiting = [];
    for (const command of unbegun) this.#later(command, removed());
  }

  /** The operation is over: a node that is back already must not be hit by a command that has not begun yet. */
  withdraw(operationId: string): void {
    const isItsOwn = (command: Command): boolean => command.operationId === operationId;
    for (const command of [...this.#delayed, ...this.#waiting].filter(isItsOwn)) {
      this.#delayed.delete(command);
      this.#waiting = this.#waiting.filter((other) => other !== command);
      this.#later(
        command,
        unexecuted(ExecutionStatus.cancelled, "The operation ended before the action began"),
      );
    }
    for (const command of this.#running) if (isItsOwn(command)) this.#withdrawn.add(command);
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#running.size < this.#context.limit) {
      const command = this.#waiting.shift()!;
      this.#running.add(command);
      this.#run(command, 1, this.#context.clock.monotonicMs());
    }
  }

  #run(command: Command, attempt: number, startMs: number): void {
    const { agents, clock, agent } = this.#context;
    const alike = this.#waiting.filter((other) => isSameWish(other, command));
    const elapsedMs = clock.monotonicMs() - startMs;
    agents.run(
      {
        agent,
        deviceId: this.#context.deviceId,
        parameters: command.parameters,
        timeoutMs: Math.max(1, command.timeoutMs - elapsedMs),
      },
      (raw) => {
        const result = judge(agent, raw);
        const usedMs = clock.monotonicMs() - startMs;
        const mayRetry =
          !result.isSuccess &&
          !this.#withdrawn.has(command) &&
          result.status !== ExecutionStatus.timedOut &&
          result.status !== ExecutionStatus.notInstalled &&
          usedMs + RETRY_PAUSE_MS < command.timeoutMs &&
          usedMs < RETRY_SHARE * command.timeoutMs;
        if (mayRetry && attempt < command.attemptsMax) {
          clock.setTimer(RETRY_PAUSE_MS, () => {
            if (this.#withdrawn.has(command)) this.#finish(command, result, []);
            else this.#run(command, attempt + 1, startMs);
          });
          return;
        }
        if (mayRetry && command.attemptsMax > 1)
          this.#context.log(
            "warning",
            `Attempted to execute agent ${agent} (${command.action}) the maximum number of times (${attempt}) allowed`,
          );
        this.#finish(command, result, result.isSuccess ? alike : []);
      },
    );
  }

  /** @param sharing commands that have waited since before this run, and that its result is good for */
  #finish(command: Command, result: CommandResult, sharing: readonly Command[]): void {
    this.#running.delete(command);
    this.#report(command, result);
    this.#withdrawn.delete(command);
    const served = sharing.filter((other) => this.#waiting.includes(other));
    this.#waiting = this.#waiting.filter((other) => !served.includes(other));
    command.done(result);
    for (const other of served) {
      this.#context.log(
        "notice",
        `Merging '${other.action}' action targeting ${other.target} originating from ${other.client} with identical one from ${command.client}`,
      );
      other.done(result);
    }
    this.#next();
  }

  #report(command: Command, result: CommandResult): void {
    const { deviceId, log } = this.#context;
    const what = `Operation '${command.action}'${command.target === "" ? "" : ` targeting ${command.target}`} using ${deviceId}`;
    const isRoutine =
      command.action === "monitor" || command.action === "list" || command.action === "status";
    if (result.exitCode >= 0)
      log(
        isRoutine ? "debug" : "notice",
        `${what} returned ${result.exitCode} | call from ${command.client}`,
      );
    else log("error", `${what} could not be executed: ${result.reason}`);
  }

  #later(command: Command, result: CommandResult): void {
    this.#context.clock.setTimer(0, () => command.done(result));
  }
}

/** Two monitors without a target are not the same wish: each tells somebody whether the device works now. */
function isSameWish(one: Command, other: Command): boolean {
  return (
    one.target !== "" &&
    one.target === other.target &&
    one.action === other.action &&
    one.client !== other.client
  );
}

function unexecuted(status: number, reason: string): CommandResult {
  return { isSuccess: false, status, exitCode: -1, stdout: "", reason };
}

function removed(): CommandResult {
  return unexecuted(ExecutionStatus.noFenceDevice, "Device was removed before action could be executed");
}

/** Source: fencer specification, 4 and 13. */
function judge(agent: string, raw: FenceAgentResult): CommandResult {
  const base = { exitCode: raw.exitCode, stdout: raw.stdout };
  if (raw.status !== ExecutionStatus.done)
    return { ...base, isSuccess: false, exitCode: -1, status: raw.status, reason: raw.reason };
  if (raw.exitCode === 0) return { ...base, isSuccess: true, status: ExecutionStatus.done, reason: "" };
  const text = raw.stderr.toLowerCase();
  const status = /timed out|timeout/.test(text)
    ? ExecutionStatus.timedOut
    : /unrecogni[sz]ed action|unsupported action/.test(text)
      ? ExecutionStatus.unsupported
      : ExecutionStatus.error;
  const lastLine = raw.stderr.trim().split("\n").at(-1) ?? "";
  return {
    ...base,
    isSuccess: false,
    status,
    reason: lastLine === "" ? `Fence agent ${agent} exited with ${raw.exitCode}` : lastLine,
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Clock, Log, Timer } from "@quorate/ports";
import { Capture } from "./capture.ts";
import type { FifoPool, Pipe } from "./fifos.ts";
import type { RunningAgents } from "./leftovers.ts";
import { systemErrorCode } from "./system-errors.ts";

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessRequest {
  /** Absolute path of the executable. */
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** What the process reads; null gives it an empty input (`/dev/null`). */
  readonly input: string | null;
  /** From the start of the process; 0 means no limit. */
  readonly timeoutMs: number;
  /** When false, a timeout kills the process alone and leaves its children. */
  readonly killsGroup: boolean;
  /** Runs as this user, without supplementary groups; null: as this process. */
  readonly user: ProcessUser | null;
  /** For log lines, as in `web_monitor_10000`. */
  readonly label: string;
}

/** How a process ended. `stdout` and `stderr` are cut to `OUTPUT_BYTES_MAX`. */
export type ProcessResult =
  | {
      readonly kind: "exited";
      readonly pid: number;
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  | {
      readonly kind: "signalled";
      readonly pid: number;
      readonly signal: string;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly kind: "timedOut"; readonly pid: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "cancelled" }
  /** The system refused to run it. `code` is the system's name of the error. */
  | { readonly kind: "notStarted"; readonly code: string }
  /** It was not tried, because this side could not prepare for it; `reason` is for people. */
  | { readonly kind: "unprepared"; readonly reason: string };

export interface ProcessSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly pipes: FifoPool;
  readonly running: RunningAgents;
}

/** Of standard output and of standard error, each. Source: executor specification, 4 (output). */
const OUTPUT_BYTES_MAX = 10 * 1024 * 1024;

/** Time to clean up after SIGTERM; short, because the cluster waits. */
const TERM_GRACE_MS = 200;

/** How long a killed process may take to disappear before the result is given without it. */
const KILL_GRACE_MS = 5000;

/** Output written before the exit is still in the pipe; reading it stops at the first idle turn, or after this time. */
const DRAIN_MS_MAX = 100;

/**
 * Runs a process in a session and process group of its own and reports once how it ended, never from inside this
 * call. The end is the exit of the process itself, even when children of it hold its output open.
 *
 * A timeout sends SIGTERM and a moment later SIGKILL to the whole group, `cancel` SIGKILL at once; the result follows as
 * soon as the process is gone, or 5 s later with a warning when the kernel does not let it go.
 */
export function runProcess(
  request: ProcessRequest,
  surroundings: ProcessSurroundings,
  done: (result: ProcessResult) => void,
): { cancel(): void } {
  const run = new ProcessRun(request, surroundings, done);
  void run.start();
  return { cancel: () => run.cancel() };
}

type Streams =
  | {
      readonly ok: true;
      readonly output: Pipe;
      readonly errors: Pipe;
      readonly input: Pipe | null;
      readonly all: readonly Pipe[];
    }
  | { readonly ok: false; readonly reason: string };

class ProcessRun {
  readonly #request: ProcessRequest;
  readonly #surroundings: ProcessSurroundings;
  readonly #done: (result: ProcessResult) => void;
  readonly #stdout = new Capture(OUTPUT_BYTES_MAX);
  readonly #stderr = new Capture(OUTPUT_BYTES_MAX);
  readonly #sockets: Socket[] = [];
  #child: ChildProcess | null = null;
  #timeout: Timer | null = null;
  #grace: Timer | null = null;
  /** Between SIGTERM and SIGKILL. */
  #insist: Timer | null = null;
  /** Kills what a timeout or a cancel is to end. */
  #endWith: (() => void) | null = null;
  /** Why this side killed the process, if it did. */
  #killedFor: "timeout" | "cancel" | null = null;
  #hasExited = false;
  #isFinished = false;
  /** Grows with each chunk that arrives; tells an idle turn from a busy one. */
  #chunkCount = 0;

  constructor(
    request: ProcessRequest,
    surroundings: ProcessSurroundings,
    done: (result: ProcessResult) => void,
  ) {
    this.#request = request;
    this.#surroundings = surroundings;
    this.#done = done;
  }

  async start(): Promise<void> {
    const streams = await this.#openStreams();
    if (!streams.ok) {
      this.#finish({ kind: "unprepared", reason: streams.reason });
    } else if (this.#killedFor !== null) {
      closePipes(streams.all);
      this.#finish({ kind: "cancelled" });
    } else {
      try {
        this.#spawn(streams.output, streams.errors, streams.input);
      } catch (error) {
        closePipes(streams.all);
        this.#finish({ kind: "notStarted", code: systemErrorCode(error) });
      }
    }
  }

  async #openStreams(): Promise<Streams> {
    const { pipes } = this.#surroundings;
    const all: Pipe[] = [];
    const opened = (pipe: Pipe): Pipe => {
      all.push(pipe);
      return pipe;
    };
    try {
      const output = opened(await pipes.acquireForReading());
      const errors = opened(await pipes.acquireForReading());
      const input = this.#request.input === null ? null : opened(await pipes.acquireForWriting());
      return { ok: true, output, errors, input, all };
    } catch (error) {
      closePipes(all);
      const cause = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: `Cannot make pipes for its output: ${cause}` };
    }
  }

  cancel(): void {
    if (this.#killedFor === null && !this.#hasExited) {
      this.#kill("cancel");
    }
  }

  /** Throws when the process cannot be started and the system said so at once; all pipes are then still open. */
  #spawn(output: Pipe, errors: Pipe, input: Pipe | null): void {
    const { path, args, environment, workingDirectory, timeoutMs, user } = this.#request;
    const child = spawn(path, args, {
      cwd: workingDirectory,
      detached: true,
      ...user,
      env: { ...environment },
      stdio: [input === null ? "ignore" : input.readFd, output.writeFd, errors.writeFd],
    });
    this.#child = child;
    if (child.pid !== undefined) this.#surroundings.running.add(child.pid, this.#request.label);
    child.on("error", (error) => this.#failed(error));
    child.on("exit", (code, signal) => this.#exited(code, signal));
    closeSync(output.writeFd);
    closeSync(errors.writeFd);
    this.#capture(output.readFd, this.#stdout);
    this.#capture(errors.readFd, this.#stderr);
    if (input !== null) {
      closeSync(input.readFd);
      this.#feed(input.writeFd);
    }
    if (timeoutMs > 0) {
      this.#timeout = this.#surroundings.clock.setTimer(timeoutMs, () => this.#kill("timeout"));
    }
  }

  #capture(fd: number, capture: Capture): void {
    const socket = new Socket({ fd, readable: true, writable: false });
    this.#sockets.push(socket);
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunkCount += 1;
      capture.add(chunk);
    });
    // A pipe that cannot be read any more is like one that ended: the exit of the process decides.
    socket.on("error", () => socket.destroy());
  }

  #feed(fd: number): void {
    const socket = new Socket({ fd, readable: false, writable: true });
    this.#sockets.push(socket);
    // An agent need not read its input; that is no failure.
    socket.on("error", () => socket.destroy());
    socket.end(this.#request.input ?? "");
  }

  #kill(why: "timeout" | "cancel"): void {
    this.#killedFor = why;
    const child = this.#child;
    if (child?.pid === undefined || this.#hasExited) {
      return;
    }
    const isAlone = why === "timeout" && !this.#request.killsGroup;
    const target = isAlone ? child.pid : -child.pid;
    this.#endWith = () => signal(target, "SIGKILL");
    if (why === "timeout") {
      signal(target, "SIGTERM");
      this.#insist = this.#surroundings.clock.setTimer(TERM_GRACE_MS, this.#endWith);
    } else {
      this.#endWith();
    }
    this.#grace = this.#surroundings.clock.setTimer(KILL_GRACE_MS, () => {
      this.#surroundings.log("warning", `${this.#request.label} (${child.pid}) will not die!`);
      child.unref();
      this.#finish(this.#killedResult(child.pid ?? 0, why));
    });
  }

  #failed(error: Error): void {
    if (this.#child?.pid === undefined) {
      this.#finish({ kind: "notStarted", code: systemErrorCode(error) });
    }
  }

  #exited(code: number | null, signalName: string | null): void {
    this.#hasExited = true;
    // What is left of its group, which need not have listened to the SIGTERM.
    this.#insist?.cancel();
    this.#endWith?.();
    if (this.#child?.pid !== undefined) this.#surroundings.running.remove(this.#child.pid);
    this.#timeout?.cancel();
    const startedMs = this.#surroundings.clock.monotonicMs();
    const pid = this.#child?.pid ?? 0;
    const drain = (chunkCountBefore: number): void => {
      const isIdle = this.#chunkCount === chunkCountBefore;
      if (isIdle || this.#surroundings.clock.monotonicMs() - startedMs > DRAIN_MS_MAX) {
        this.#finish(this.#result(pid, code, signalName));
      } else {
        const chunkCount = this.#chunkCount;
        setImmediate(() => drain(chunkCount));
      }
    };
    // The first turn of the event loop may be the one that delivered the exit; the next one polls the pipes.
    setImmediate(() => setImmediate(() => drain(-1)));
  }

  #result(pid: number, code: number | null, signalName: string | null): ProcessResult {
    if (this.#killedFor !== null) {
      return this.#killedResult(pid, this.#killedFor);
    }
    const stdout = this.#stdout.text();
    const stderr = this.#stderr.text();
    return code === null
      ? { kind: "signalled", pid, signal: signalName ?? "SIGKILL", stdout, stderr }
      : { kind: "exited", pid, code, stdout, stderr };
  }

  #killedResult(pid: number, why: "timeout" | "cancel"): ProcessResult {
    return why === "cancel"
      ? { kind: "cancelled" }
      : { kind: "timedOut", pid, stdout: this.#stdout.text(), stderr: this.#stderr.text() };
  }

  #finish(result: ProcessResult): void {
    if (this.#isFinished) {
      return;
    }
    this.#isFinished = true;
    this.#timeout?.cancel();
    this.#grace?.cancel();
    this.#insist?.cancel();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    if (this.#stdout.isCut || this.#stderr.isCut) {
      this.#surroundings.log(
        "warning",
        `${this.#request.label}: output beyond ${OUTPUT_BYTES_MAX} bytes was dropped`,
      );
    }
    this.#done(result);
  }
}

function signal(target: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(target, name);
  } catch {
    // Already gone (ESRCH): the exit is on its way.
  }
}

function closePipes(pipes: readonly Pipe[]): void {
  for (const pipe of pipes) {
    closeSync(pipe.readFd);
    closeSync(pipe.writeFd);
  }
}

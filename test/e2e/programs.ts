import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";

const repositoryRoot = join(import.meta.dirname, "../..");

export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
}

export interface ProgramOptions {
  /** Default: that of the tests. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Standard input stays open, for the test to write to. */
  readonly keepsInput?: boolean;
  /** It is killed after this time, and then has no status. */
  readonly timeoutMs?: number;
}

/** Path of a built program. */
export function bin(name: string): string {
  return join(repositoryRoot, "bin", name);
}

/** Starts a program; the test that starts it waits for its end. */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {}, input = "", keepsInput = false, timeoutMs = 60_000 }: ProgramOptions = {},
): Program {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: `${bin("")}:${process.env.PATH}`, LC_ALL: "C", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  if (!keepsInput) child.stdin.end(input);
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
  return { process: child, ended, stdout: () => stdout, stderr: () => stderr };
}

/** Runs a built program to its end. */
export function run(name: string, args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  return startProgram(bin(name), args, options).ended;
}

/** A person reads this: no stack trace, no name of an internal error. */
export function expectPlainWords(text: string): void {
  expect(text).not.toMatch(/^\s+at .+[:(]\d+/m);
  expect(text).not.toMatch(/\b(TypeError|RangeError|ReferenceError|SyntaxError|undefined|\[object)\b/);
  expect(text).not.toMatch(/\bnode:internal|Node\.js v\d/);
}

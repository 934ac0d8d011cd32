import { spawn } from "node:child_process";

export interface Ended {
  /** Exit status; 128 + number for a signal, as shells count; 124 when it took too long and was killed. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** Runs a program to its end. Never rejects for what the program does, only when it cannot be started. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", ...options.env },
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, options.timeoutMs ?? 60_000);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const status = isLate ? 124 : (code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0));
      resolve({ status, ...output });
    });
    child.stdin.on("error", () => {}); // A program need not read what it is given.
    child.stdin.end(options.input ?? "");
  });
}

/**
 * Runs a program that has to succeed.
 * @throws Error with the command line and what the program said
 */
export async function must(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await runProgram(command, args, options);
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: exit status ${status}\n${stderr}${stdout}`.trimEnd());
  return stdout;
}

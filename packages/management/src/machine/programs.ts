import { spawn } from "node:child_process";

export interface Ended {
  /** 127 when there is no such program; null when a signal ended it. */
  readonly status: number | null;
  readonly output: string;
}

/** The status of a cluster with a thousand resources has 100 KiB; an answer may not be longer than `ANSWER_BYTES_MAX` of the client. */
const OUTPUT_LENGTH_MAX = 512 * 1024;
/** Nothing of the caller's environment reaches what is run. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
  HOME: "/root",
};

/** Runs a program with its arguments, without a shell. Its output is what it said on both channels. Never rejects. */
export function runProgram(program: string, args: readonly string[], timeoutMs: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: ENVIRONMENT,
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let output = "";
    const take = (part: Buffer): void => {
      if (output.length < OUTPUT_LENGTH_MAX) output += part.toString("utf8");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ status: error.code === "ENOENT" ? 127 : 126, output: error.message }),
    );
    // Not "close": what a service leaves behind may keep the pipes open.
    child.once("exit", (status) => {
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ status, output: output.trim() });
      });
    });
  });
}

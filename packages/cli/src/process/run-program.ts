import { spawn } from "node:child_process";

/** As the method of that name of the world has it. What it does not say on time, or after its end, is lost. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input, timeoutMs }: { readonly input: string; readonly timeoutMs: number },
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { timeout: timeoutMs, killSignal: "SIGKILL" });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const end = (status: number | null, complaint = "") =>
      resolve({
        status,
        stdout: Buffer.concat(stdout).toString(),
        stderr: complaint || Buffer.concat(stderr).toString(),
      });
    child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
    child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
    // Whoever ends without reading tells why by its exit status.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", () => end(127, `${program} cannot be run: is it installed?`));
    child.on("close", (status) => end(status));
  });
}

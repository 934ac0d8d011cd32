import { spawn } from "node:child_process";
import { join } from "node:path";
import { run as build } from "./build.ts";
import { repositoryRoot } from "./steps.ts";

const PARENT_CHECK_MS = 500;

/** Builds and starts the playground in the foreground; arguments go to `quorate playground`. */
export async function run(args: readonly string[]): Promise<number> {
  const status = await build();
  if (status !== 0) return status;
  const quorate = join(repositoryRoot, "bin/quorate");
  const playground = spawn(process.execPath, [quorate, "playground", ...args], { stdio: "inherit" });
  // Ctrl-C reaches the playground, too, which ends itself in order; this process only waits for it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => playground.kill("SIGTERM"));
  // npm killed with SIGKILL passes nothing on: its end shows as a new parent.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) playground.kill("SIGTERM");
  }, PARENT_CHECK_MS);
  return new Promise((resolve) => {
    playground.on("exit", (code) => {
      clearInterval(watch);
      resolve(code ?? 1);
    });
  });
}

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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
  // npm, and the shell it starts this with, pass nothing on when they are killed with SIGKILL: their end shows as new parents.
  const parents = ancestors();
  const watch = setInterval(() => {
    if (ancestors() !== parents) playground.kill("SIGTERM");
  }, PARENT_CHECK_MS);
  return new Promise((resolve) => {
    playground.on("exit", (code) => {
      clearInterval(watch);
      resolve(code ?? 1);
    });
  });
}

/** Parent and grandparent of this process. */
function ancestors(): string {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}

/** 0 where there is no such process, or no way to know. */
function parentOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program from the repository's root with its output shown; returns its exit status. */
export function runStep(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { cwd: repositoryRoot, stdio: ["ignore", "inherit", "inherit"] });
  return result.status ?? 1;
}

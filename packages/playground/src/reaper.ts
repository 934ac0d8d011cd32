import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { reapMarkedProcesses } from "@quorate/executor";
import { tryClaim } from "./claim.ts";
import { playgroundMarker } from "./layout.ts";

/**
 * Starts the process that cleans up when the supervisor is gone, however it went: it waits for the end of its standard input, whose other
 * end only the supervisor holds. `command` runs `reap(directory)` in a process of its own.
 */
export function startReaper(command: readonly [string, ...string[]]): Reaper {
  const [program, ...args] = command;
  const reaper = spawn(program, args, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  reaper.unref();
  reaper.on("error", () => {});
  reaper.stdin.on("error", () => {});
  (reaper.stdin as unknown as { unref(): void }).unref();
  return { dismiss: () => reaper.stdin.end() };
}

export interface Reaper {
  /** Makes it clean up, if there is anything left, and end before this process does. */
  dismiss(): void;
}

/** The claim of a process that was killed lasts for a moment longer than its pipe. */
const CLAIM_WAIT_MS = 2_000;
const CLAIM_RETRY_MS = 50;

/**
 * Waits until standard input ends, then removes every trace of the playground in `directory`, unless a new one has taken its place:
 * that has removed them itself.
 */
export async function reapWhenOrphaned(directory: string): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdin.on("end", resolve);
    process.stdin.on("error", () => resolve());
    process.stdin.resume();
  });
  const deadlineMs = performance.now() + CLAIM_WAIT_MS;
  while (!(await tryClaim(directory))) {
    if (performance.now() > deadlineMs) return;
    await sleep(CLAIM_RETRY_MS);
  }
  await removePlayground(directory);
}

/**
 * Kills every process of the playground in `directory` and removes the directory.
 * @throws Error when a process survived, or the directory is not a playground's
 */
export async function removePlayground(directory: string): Promise<void> {
  const result = await reapMarkedProcesses(playgroundMarker(directory), { timeoutMs: 10_000 });
  if (!result.ok)
    throw new Error(
      `processes of an earlier playground cannot be killed: ${result.survivors.map((survivor) => survivor.pid).join(", ")}`,
    );
  if (!existsSync(directory)) return;
  if (!statSync(directory).isDirectory())
    throw new Error(`${directory} is no directory; name another one with --directory`);
  if (!isPlaygroundDirectory(directory)) {
    throw new Error(
      `${directory} was not made by a playground and is left alone; name another directory with --directory`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
}

/** A file that only playgrounds have, so that a mistyped directory is never removed. */
export const STAMP_FILE = ".quorate-playground";

function isPlaygroundDirectory(directory: string): boolean {
  return existsSync(join(directory, STAMP_FILE)) || readdirSync(directory).length === 0;
}

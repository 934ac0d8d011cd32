import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@quorate/ports";

const DIRECTORY = "agents";

/**
 * Remembers on disk which agents run, so that a daemon that is started again after a crash can end what the one before it
 * had begun: nobody waits for those results any more, and a start that is still under way would be done a second time.
 */
export class RunningAgents {
  readonly #directory: string | null;

  /** `runDirectory` null: nothing is remembered. */
  constructor(runDirectory: string | null) {
    this.#directory = runDirectory === null ? null : join(runDirectory, DIRECTORY);
  }

  add(pid: number, label: string): void {
    if (this.#directory === null) return;
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.#directory, String(pid)), `${startOf(pid) ?? ""}\n${label}\n`);
    } catch {
      // Without a note the agent runs as well; the directory may be gone because the machine is shutting down.
    }
  }

  /** Forgets the place; notes of agents that still run stay. */
  close(): void {
    try {
      if (this.#directory !== null) rmdirSync(this.#directory);
    } catch {
      // Never made, or not empty.
    }
  }

  remove(pid: number): void {
    if (this.#directory !== null) rmSync(join(this.#directory, String(pid)), { force: true });
  }
}

/**
 * Kills the agents, with their process groups, that an earlier daemon with the same `runDirectory` left running. Their
 * resources are probed afterwards like any other. Call it before the first agent is run.
 */
export function endLeftoverAgents(runDirectory: string, log: Log): void {
  const directory = join(runDirectory, DIRECTORY);
  for (const name of namesIn(directory)) {
    const pid = Number(name);
    const [start, label] = readNote(join(directory, name));
    // The number may belong to somebody else by now: only the time of its start tells.
    if (Number.isInteger(pid) && pid > 1 && start !== "" && startOf(pid) === start) {
      log("warning", `Ending agent ${label} (process ${pid}), which an earlier run of this daemon has left`);
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // It ended by itself just now.
      }
    }
    rmSync(join(directory, name), { force: true });
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readNote(path: string): readonly [start: string, label: string] {
  try {
    const [start = "", label = ""] = readFileSync(path, "utf8").split("\n");
    return [start, label];
  } catch {
    return ["", ""];
  }
}

/** When the process was started, in the kernel's ticks since boot; null when there is none. Source: proc(5). */
function startOf(pid: number): string | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "latin1");
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

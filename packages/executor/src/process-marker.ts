import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** An environment variable that all processes of a group inherited from the first. */
export interface ProcessMarker {
  readonly name: string;
  readonly value: string;
}

export interface MarkedProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** As the kernel knows it, at most 15 characters. */
  readonly command: string;
}

export type ReapResult =
  /** No marked process is left; `killed` are those that were there. */
  | { readonly ok: true; readonly killed: readonly MarkedProcess[] }
  /** The time is over and these are still there (or came anew). */
  | { readonly ok: false; readonly survivors: readonly MarkedProcess[] };

/** Between two looks at the process table. */
const SCAN_INTERVAL_MS = 20;

/**
 * One look at the process table can miss a process: one that is just being executed has no environment for a moment,
 * and a child may appear behind the place that was just read. So many looks in a row must find nothing.
 */
const EMPTY_SCANS = 3;

interface TableEntry extends MarkedProcess {
  readonly isZombie: boolean;
  readonly isMarked: boolean;
}

/**
 * Processes that carry the marker in their environment, and their descendants (a child may have thrown its environment
 * away), ascending by pid. Zombies are dead and do not count; this process never counts. Processes of other users
 * whose environment cannot be read are found only as descendants. Linux only.
 */
export async function findMarkedProcesses(marker: ProcessMarker): Promise<readonly MarkedProcess[]> {
  const table = await readProcessTable(marker);
  const marked = new Set<number>();
  for (const entry of table) {
    if (entry.isMarked && entry.pid !== process.pid) {
      marked.add(entry.pid);
    }
  }
  for (let count = -1; count !== marked.size; ) {
    count = marked.size;
    for (const entry of table) {
      if (marked.has(entry.parentPid) && entry.pid !== process.pid) {
        marked.add(entry.pid);
      }
    }
  }
  return table
    .filter((entry) => marked.has(entry.pid) && !entry.isZombie)
    .map(({ pid, parentPid, command }) => ({ pid, parentPid, command }));
}

/**
 * Kills (SIGKILL) all marked processes, again and again until several looks at the process table in a row find none:
 * only then the result is `ok`. What a fencing of a playground node rests on.
 */
export async function reapMarkedProcesses(
  marker: ProcessMarker,
  options: { readonly timeoutMs: number },
): Promise<ReapResult> {
  const deadlineMs = performance.now() + options.timeoutMs;
  const killed = new Map<number, MarkedProcess>();
  let emptyScanCount = 0;
  for (;;) {
    const found = await findMarkedProcesses(marker);
    // All are stopped before the first is killed: none can see the others die and start something new.
    signalAll(found, "SIGSTOP");
    signalAll(found, "SIGKILL");
    for (const entry of found) {
      killed.set(entry.pid, entry);
    }
    emptyScanCount = found.length === 0 ? emptyScanCount + 1 : 0;
    if (emptyScanCount === EMPTY_SCANS) {
      return { ok: true, killed: [...killed.values()].sort((left, right) => left.pid - right.pid) };
    }
    if (performance.now() > deadlineMs && found.length > 0) {
      return { ok: false, survivors: found };
    }
    await sleep(SCAN_INTERVAL_MS);
  }
}

function signalAll(processes: readonly MarkedProcess[], signal: "SIGSTOP" | "SIGKILL"): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone, or not ours to kill: the next look at the table tells.
    }
  }
}

async function readProcessTable(marker: ProcessMarker): Promise<readonly TableEntry[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name)).map(Number);
  const entries = await Promise.all(pids.map((pid) => readProcess(pid, marker)));
  return entries
    .filter((entry): entry is TableEntry => entry !== null)
    .sort((left, right) => left.pid - right.pid);
}

/** Null when the process is gone. */
async function readProcess(pid: number, marker: ProcessMarker): Promise<TableEntry | null> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, "latin1");
    // `PID (COMMAND) STATE PPID ...`; the command may hold blanks and brackets itself.
    const commandEnd = status.lastIndexOf(")");
    const fields = status.slice(commandEnd + 2).split(" ");
    return {
      pid,
      parentPid: Number(fields[1]),
      command: status.slice(status.indexOf("(") + 1, commandEnd),
      isZombie: fields[0] === "Z" || fields[0] === "X",
      isMarked: await hasMarker(pid, marker),
    };
  } catch {
    return null;
  }
}

async function hasMarker(pid: number, marker: ProcessMarker): Promise<boolean> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    return environment.split("\0").includes(`${marker.name}=${marker.value}`);
  } catch {
    return false;
  }
}

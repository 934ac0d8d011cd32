import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** What a run of a program took. */
export interface ProcessCost {
  /** Processor time of the process and of the children that it waited for, user and system. */
  readonly cpuMs: number;
  /** Highest resident memory; 0 where the system does not tell. */
  readonly memoryMiB: number;
  readonly exitCode: number;
}

const REFERENCE = "/usr/sbin/crm_simulate";
const POLL_MS = 5;
/** Linux shows processor time in hundredths of a second on every architecture. */
const TICK_MS = 10;
/** So short that ticks count: then the mean of many runs. */
const SHORT_MS = 400;
const RUNS_MAX = 20;

/** The classic program, when it is installed. */
export function findReference(): { readonly program: string; readonly version: string } | null {
  if (!existsSync(REFERENCE)) return null;
  const { stdout } = spawnSync(REFERENCE, ["--version"], { encoding: "utf8" });
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  return version === undefined ? null : { program: REFERENCE, version };
}

/**
 * Runs a program from start to end, its output thrown away; a short one so often that the mean means something. No other
 * child of this process may end meanwhile.
 */
export async function measureProcess(program: string, args: readonly string[]): Promise<ProcessCost> {
  const runs = [await measureOnce(program, args)];
  const first = Math.max(runs[0]!.cpuMs, TICK_MS);
  const count = Math.min(RUNS_MAX, Math.ceil(SHORT_MS / first));
  while (runs.length < count) runs.push(await measureOnce(program, args));
  return {
    cpuMs: runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / runs.length,
    memoryMiB: Math.max(...runs.map(({ memoryMiB }) => memoryMiB)),
    exitCode: runs.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
  };
}

/** Where no daemon of ours is, whatever this machine runs: a command works by itself unless `env` names another root. */
const NO_DAEMON = { QUORATE_ROOT: "/nonexistent" };

/** The same once. */
export function measureOnce(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = NO_DAEMON,
): Promise<ProcessCost> {
  return new Promise((resolve, reject) => {
    const startMs = childrenCpuMs();
    const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...env } });
    let memoryMiB = 0;
    const poll = setInterval(() => {
      memoryMiB = Math.max(memoryMiB, peakMemoryMiB(child.pid));
    }, POLL_MS);
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(poll);
      resolve({ cpuMs: childrenCpuMs() - startMs, memoryMiB, exitCode: code ?? 1 });
    });
  });
}

/** Of all children that have ended. */
function childrenCpuMs(): number {
  return statistic("self", 16) + statistic("self", 17);
}

/** Of a process that runs, with all its threads. */
export function cpuMsOfProcess(pid: number): number {
  return statistic(String(pid), 14) + statistic(String(pid), 15);
}

/** A time in milliseconds; the fields after the name in parentheses are numbered from 3 on. Source: proc(5). */
function statistic(process: string, field: number): number {
  const text = readFileSync(`/proc/${process}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[field - 3]) * TICK_MS;
}

/** Linux only. The mark only rises, so the last look before the end is what counts. */
function peakMemoryMiB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

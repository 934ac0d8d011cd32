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
  const runs = [await runOnce(program, args)];
  const first = Math.max(runs[0]!.cpuMs, TICK_MS);
  const count = Math.min(RUNS_MAX, Math.ceil(SHORT_MS / first));
  while (runs.length < count) runs.push(await runOnce(program, args));
  return {
    cpuMs: runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / runs.length,
    memoryMiB: Math.max(...runs.map(({ memoryMiB }) => memoryMiB)),
    exitCode: runs.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
  };
}

function runOnce(program: string, args: readonly string[]): Promise<ProcessCost> {
  return new Promise((resolve, reject) => {
    const startMs = childrenCpuMs();
    const child = spawn(program, args, { stdio: "ignore" });
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

/** Of all children that have ended; the fields after the name in parentheses are numbered from 3 on. Source: proc(5). */
function childrenCpuMs(): number {
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[16 - 3]) + Number(fields[17 - 3])) * TICK_MS;
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

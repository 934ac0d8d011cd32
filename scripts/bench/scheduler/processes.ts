import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** What one run of a program took. */
export interface ProcessCost {
  readonly wallMs: number;
  /** Highest resident memory; 0 where the system does not tell. */
  readonly memoryMiB: number;
  readonly exitCode: number;
}

const REFERENCE = "/usr/sbin/crm_simulate";
const POLL_MS = 5;

/** The classic program, when it is installed. */
export function findReference(): { readonly program: string; readonly version: string } | null {
  if (!existsSync(REFERENCE)) return null;
  const { stdout } = spawnSync(REFERENCE, ["--version"], { encoding: "utf8" });
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  return version === undefined ? null : { program: REFERENCE, version };
}

/** Runs a program from start to end, its output thrown away. */
export function measureProcess(program: string, args: readonly string[]): Promise<ProcessCost> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(program, args, { stdio: "ignore" });
    let memoryMiB = 0;
    const poll = setInterval(() => {
      memoryMiB = Math.max(memoryMiB, peakMemoryMiB(child.pid));
    }, POLL_MS);
    child.on("error", reject);
    child.on("exit", (code) => {
      const wallMs = performance.now() - startMs;
      clearInterval(poll);
      resolve({ wallMs, memoryMiB, exitCode: code ?? 1 });
    });
  });
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

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMsOfProcess, measureOnce } from "./processes.ts";

/** Processor time in milliseconds of the launcher and of the thread together. */
export interface ResidentCost {
  /** The first time in a thread that has done nothing yet. */
  readonly firstMs: number;
  /** When V8 has made fast code of what is used much: the mean of runs after those that warm up. */
  readonly laterMs: number;
}

const WARM_UP_RUNS = 30;
const MEASURED_RUNS = 10;
/** A large cluster warms up within one run. */
const LONG_MS = 700;

/** What a daemon does that has just the thread for commands, which it starts anew when that ends. */
const HOST = `
const { Worker } = require("node:worker_threads");
const [program, commandsSocket] = process.argv.slice(1);
const start = () => new Worker(program, { workerData: { commandsSocket, lane: "long" } }).on("exit", start);
start();
`;

/** Hands a command over again and again to a thread that is new. `bin`: folder of the built commands. */
export async function measureResident(
  bin: string,
  name: string,
  args: readonly string[],
): Promise<ResidentCost> {
  const root = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const socket = join(root, "run/quorate/long-commands.sock");
  mkdirSync(join(root, "run/quorate"), { recursive: true });
  const host = spawn(process.execPath, ["-e", HOST, join(bin, "quorate-commands"), socket], {
    stdio: "ignore",
  });
  try {
    while (!existsSync(socket)) await sleep(10);
    const run = () => costOf(host, () => measureOnce(join(bin, name), args, { QUORATE_ROOT: root }));
    const firstMs = await run();
    const isLong = firstMs > LONG_MS;
    for (let round = isLong ? 1 : WARM_UP_RUNS; round > 0; round--) await run();
    const later: number[] = [];
    while (later.length < (isLong ? 1 : MEASURED_RUNS)) later.push(await run());
    return { firstMs, laterMs: later.reduce((sum, ms) => sum + ms, 0) / later.length };
  } finally {
    // Until it is gone its time would count as that of whatever is measured next.
    const gone = once(host, "exit");
    host.kill();
    await gone;
    rmSync(root, { recursive: true });
  }
}

async function costOf(host: ChildProcess, run: () => Promise<{ readonly cpuMs: number }>): Promise<number> {
  const startMs = cpuMsOfProcess(host.pid!);
  const { cpuMs } = await run();
  return cpuMs + cpuMsOfProcess(host.pid!) - startMs;
}

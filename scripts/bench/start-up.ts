import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { run as build } from "../build.ts";
import { repositoryRoot } from "../steps.ts";

const ROUNDS = 40;

/** The limit for a command that does next to nothing: agents call these tools often. */
const RATIO_MAX = 1.5;

/** Runs both in turn, so that a busy moment of the machine meets both; compares medians. Exit status 1 above the limit. */
export async function benchStartUp(): Promise<number> {
  if ((await build()) !== 0) return 1;
  const baseline: readonly string[] = ["-e", "0"];
  const commands = ["crm_node", "crm_attribute", "attrd_updater"].map((name) => ({
    name: `${name} --version`,
    args: [join(repositoryRoot, "bin", name), "--version"],
    times: [] as number[],
  }));
  const baselineTimes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    baselineTimes.push(timeOf(baseline));
    for (const command of commands) command.times.push(timeOf(command.args));
  }
  const reference = median(baselineTimes);
  console.log(`node -e 0: ${reference.toFixed(1)} ms (median of ${ROUNDS})`);
  let isWithin = true;
  for (const { name, times } of commands) {
    const ratio = median(times) / reference;
    isWithin &&= ratio <= RATIO_MAX;
    console.log(`${name}: ${median(times).toFixed(1)} ms, ${ratio.toFixed(2)} x (limit ${RATIO_MAX})`);
  }
  return isWithin ? 0 : 1;
}

function timeOf(args: readonly string[]): number {
  const startMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with status ${status}`);
  return performance.now() - startMs;
}

function median(times: readonly number[]): number {
  return [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)]!;
}

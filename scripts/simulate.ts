import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeFault, drawPlan, type Plan, runPlan, shrinkPlan } from "../packages/simulator/src/index.ts";

const HELP = `Simulates whole clusters under faults. Every run follows from its seed alone.

Usage: npm run simulate -- [--seed S] [--runs N] [--minutes M] [--remote] [--log FILE] [--keep-going] [--no-shrink]

  --seed S       seed of the first run (default 1); the next ones count on
  --runs N       number of runs (default 1)
  --minutes M    stop after this time, however many runs that makes
  --remote       with a remote host, and faults of it and of the connection to it
  --log FILE     write the whole event log of a failing run to FILE (default: its last 150 lines are printed)
  --keep-going   count failing runs and go on; prints their seeds
  --no-shrink    do not look for a smaller plan that fails, too
`;

/** `npm run simulate`. Exit status 0 when every run was all right. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      runs: { type: "string" },
      minutes: { type: "string" },
      remote: { type: "boolean", default: false },
      log: { type: "string" },
      "keep-going": { type: "boolean", default: false },
      "no-shrink": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const first = numberOf("--seed", values.seed);
  const minutes = values.minutes === undefined ? null : numberOf("--minutes", values.minutes);
  const runs =
    values.runs === undefined
      ? minutes === null
        ? 1
        : Number.MAX_SAFE_INTEGER
      : numberOf("--runs", values.runs);
  const startedMs = Date.now();
  const failures: number[] = [];
  let count = 0;
  let virtualMs = 0;
  let faults = 0;
  for (; count < runs && !isOver(startedMs, minutes); count += 1) {
    const seed = first + count;
    const plan = drawPlan(seed, { hasRemote: values.remote });
    const outcome = runPlan(plan);
    virtualMs += outcome.virtualMs;
    faults += plan.steps.length;
    if (outcome.problems.length === 0) continue;
    failures.push(seed);
    console.log(`seed ${seed}: ${outcome.problems[0]}`);
    if (values["keep-going"]) continue;
    report(plan, values.log ?? null, !values["no-shrink"]);
    return 1;
  }
  const seconds = (Date.now() - startedMs) / 1000;
  console.log(
    `${count} runs (seeds ${first} to ${first + count - 1}), ${faults} faults, ${(virtualMs / 3_600_000).toFixed(1)} h of virtual time ` +
      `in ${seconds.toFixed(0)} s: ${failures.length === 0 ? "all invariants hold" : `${failures.length} failed: ${failures.join(" ")}`}`,
  );
  return failures.length === 0 ? 0 : 1;
}

function isOver(startedMs: number, minutes: number | null): boolean {
  return minutes !== null && Date.now() - startedMs > minutes * 60_000;
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`${option} "${text}": write a number, for example 100`);
  return value;
}

function report(plan: Plan, file: string | null, shrinks: boolean): void {
  const smaller = shrinks ? shrinkPlan(plan, (candidate) => runPlan(candidate).problems.length > 0) : plan;
  const outcome = runPlan(smaller);
  console.log(`\n--- ${smaller.steps.length} of ${plan.steps.length} faults are enough:`);
  for (const { afterMs, fault } of smaller.steps)
    console.log(`  after ${afterMs} ms: ${describeFault(fault)}`);
  console.log(`--- as a named seed for found-seeds.test.ts:\n${JSON.stringify(smaller)}`);
  console.log("--- event log");
  if (file === null) console.log(outcome.log.slice(-150).join("\n"));
  else writeFileSync(file, `${outcome.log.join("\n")}\n`);
  console.log(`--- ${outcome.problems.join("\n--- ")}`);
  const option = plan.world.remote === undefined ? "" : " --remote";
  console.log(`replay: npm run simulate -- --seed ${plan.seed}${option}`);
}

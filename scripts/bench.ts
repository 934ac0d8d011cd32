import { constants } from "node:os";
import { removeOwnLabs } from "@quorate/lab";
import { benchCib } from "./bench/cib.ts";
import { benchEngine } from "./bench/engine.ts";
import { soakEngine } from "./bench/engine-soak.ts";
import { benchFailover } from "./bench/failover.ts";
import { benchLargeCib } from "./bench/large-cib.ts";
import { benchManyResources } from "./bench/many-resources.ts";
import { benchScheduler } from "./bench/scheduler.ts";
import { benchSchedulerFuzz } from "./bench/scheduler-fuzz.ts";
import { benchStartUp } from "./bench/start-up.ts";

/** Benchmarks by name; each says what it compares against. */
const BENCHES: Readonly<
  Record<string, { readonly summary: string; run(args: readonly string[]): Promise<number> }>
> = {
  failover: {
    summary: "recovery after a crash, and cold start, against Pacemaker in the lab [ROUNDS]",
    run: benchFailover,
  },
  cib: {
    summary: "replicated configuration writes and attribute updates, against Pacemaker in the lab [SECONDS]",
    run: benchCib,
  },
  "large-cib": {
    summary: "join, change and query with a large configuration, in the lab [MEGABYTES [ROUNDS]]",
    run: benchLargeCib,
  },
  "many-resources": {
    summary: "probe, start, fail over, stop of many resources, against Pacemaker in the lab [COUNT [STACK]]",
    run: benchManyResources,
  },
  engine: {
    summary: "messages between processes: the embedded engine, and Corosync in the lab",
    run: benchEngine,
  },
  "engine-soak": {
    summary: "1,000,000 messages over Corosync in the lab: no gap, one order, bounded memory [COUNT]",
    run: soakEngine,
  },
  scheduler: {
    summary: "decisions on generated clusters against the classic crm_simulate [--help]",
    run: benchScheduler,
  },
  "scheduler-fuzz": {
    summary: "mutated inputs of the conformance suite: none may throw or hang [COUNT [FIRST_SEED]]",
    run: benchSchedulerFuzz,
  },
  "start-up": { summary: "start of short commands against `node -e 0`", run: benchStartUp },
};

export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || !Object.hasOwn(BENCHES, name)) {
    console.log("Usage: npm run bench -- NAME\n");
    for (const [known, { summary }] of Object.entries(BENCHES))
      console.log(`  ${known.padEnd(16)}${summary}`);
    return name === undefined ? 0 : 64;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void endAfter(signal));
  return BENCHES[name]!.run(rest);
}

/** An interrupted bench leaves no hosts behind. What it was doing with them fails meanwhile, and that is of no interest. */
async function endAfter(signal: "SIGINT" | "SIGTERM"): Promise<void> {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) process.on(event, () => {});
  try {
    await removeOwnLabs();
  } catch (error) {
    console.error(`${(error as Error).message}; what is left of the lab: npm run lab -- clean`);
  }
  process.exit(128 + constants.signals[signal]);
}

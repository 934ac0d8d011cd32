import { join } from "node:path";
import { startVitest } from "vitest/node";
import { run as build } from "./build.ts";
import { run as check } from "./check.ts";
import { installDebianPackages } from "./debian-packages.ts";
import { repositoryRoot } from "./steps.ts";

/** Set-ups command by command, as `npm run test:walkthroughs` runs them, and all else. */
const WALKTHROUGHS = ["long"];
const EVERYDAY = ["!long"];

/** The walk-throughs take about five minutes: they begin when less than this has passed. */
const EVERYDAY_MS_MAX = 20 * 60_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Everything that this machine can run: build, check, all tests; with arguments, those tests alone. The last line is `N passed, N failed`; a failed
 * build or check counts as one failed test each, so that the line alone says whether all is well.
 */
export async function run(args: readonly string[]): Promise<number> {
  const startedMs = Date.now();
  let failedCount = 0;
  installDebianPackages();
  if ((await build()) !== 0) failedCount++;
  if ((await check()) !== 0) failedCount++;

  const runs = [await runTests(args, args.length === 0 ? EVERYDAY : undefined)];
  const isLate = Date.now() - startedMs > EVERYDAY_MS_MAX;
  if (args.length === 0 && !isLate) runs.push(await runTests([], WALKTHROUGHS));

  const sum = (kind: keyof Counts): number => runs.reduce((total, counts) => total + counts[kind], 0);
  failedCount += sum("failed");
  if (sum("passed") === 0) failedCount++;
  if (isLate) console.log("the walk-throughs are left out, for lack of time: npm run test:walkthroughs");
  if (sum("skipped") > 0) console.log(`${sum("skipped")} skipped (their names above say why)`);
  console.log(`${sum("passed")} passed, ${failedCount} failed`);
  return failedCount === 0 ? 0 : 1;
}

/** A run without tests counts as one failed test; so do errors outside of tests. */
async function runTests(filters: readonly string[], project: string[] | undefined): Promise<Counts> {
  const vitest = await startVitest(
    "test",
    [...filters],
    {
      root: repositoryRoot,
      config: join(repositoryRoot, "vitest.config.ts"),
      watch: false,
      ...(project === undefined ? {} : { project }),
    },
    {},
  );
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const module of vitest.state.getTestModules()) {
    if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0) failed++;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed++;
      else if (state === "failed") failed++;
      else skipped++;
    }
  }
  await vitest.close();
  if (passed === 0 && skipped === 0) failed++;
  if (vitest.state.getUnhandledErrors().length > 0) failed++;
  return { passed, failed, skipped };
}

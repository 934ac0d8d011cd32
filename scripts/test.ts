import { join } from "node:path";
import { startVitest } from "vitest/node";
import { run as build } from "./build.ts";
import { run as check } from "./check.ts";
import { installDebianPackages } from "./debian-packages.ts";
import { repositoryRoot } from "./steps.ts";

/** Whole set-ups take longer than all else together: they run when asked for (`npm run test:walkthroughs`). */
const EVERYDAY = ["!long"];

/**
 * Everything that this machine can run: build, check, all tests; with arguments, those tests alone. The last line is `N passed, N failed`; a failed
 * build or check counts as one failed test each, so that the line alone says whether all is well.
 */
export async function run(args: readonly string[]): Promise<number> {
  let failedCount = 0;
  installDebianPackages();
  if ((await build()) !== 0) failedCount++;
  if ((await check()) !== 0) failedCount++;

  const vitest = await startVitest(
    "test",
    [...args],
    {
      root: repositoryRoot,
      config: join(repositoryRoot, "vitest.config.ts"),
      watch: false,
      ...(args.length === 0 ? { project: EVERYDAY } : {}),
    },
    {},
  );
  let passedCount = 0;
  let skippedCount = 0;
  for (const module of vitest.state.getTestModules()) {
    if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0) failedCount++;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passedCount++;
      else if (state === "failed") failedCount++;
      else skippedCount++;
    }
  }
  await vitest.close();
  if (passedCount === 0) failedCount++;
  if (vitest.state.getUnhandledErrors().length > 0) failedCount++;
  if (skippedCount > 0) console.log(`${skippedCount} skipped (their names above say why)`);
  console.log(`${passedCount} passed, ${failedCount} failed`);
  return failedCount === 0 ? 0 : 1;
}

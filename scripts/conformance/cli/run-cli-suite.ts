import { join } from "node:path";
import { run as build } from "../../build.ts";
import { lineDiff } from "../line-diff.ts";
import { type CliResult, runGroup } from "./run-group.ts";
import type { CliSuiteFile } from "./suite.ts";

export interface CliSelection {
  /** Names of suites, with `:GROUP` for one group; empty: all. */
  readonly only: readonly string[];
  /** Print what differs. */
  readonly showsDifferences: boolean;
}

const CONCURRENCY = 2;

/** Runs a command-line suite against the programs in `bin/`, which are built first. Exit status 0 only if all match. */
export async function runCliSuite(
  folder: string,
  file: CliSuiteFile,
  selection: CliSelection,
): Promise<number> {
  if ((await build()) !== 0) return 1;
  const jobs = file.suites.flatMap((suite) =>
    suite.groups
      .filter((group) => isSelected(selection.only, suite.name, group.index))
      .map((group) => ({ suite: suite.name, group })),
  );
  const results: CliResult[][] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < jobs.length; index = next++) {
      const { suite, group } = jobs[index]!;
      results[index] = await runGroup(suite, group, join(folder, "data"));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));

  const all = results.flat();
  const failing = all.filter((result) => !isPassed(result));
  for (const result of failing) {
    console.log(`${result.suite}:${result.group}: ${describe(result)}: ${result.test.command.slice(0, 160)}`);
    if (selection.showsDifferences) printDifferences(result);
  }
  console.log("");
  for (const name of new Set(all.map((result) => result.suite))) {
    const ofSuite = all.filter((result) => result.suite === name);
    const passedCount = ofSuite.filter(isPassed).length;
    console.log(`${name.padEnd(16)} ${String(passedCount).padStart(4)} of ${ofSuite.length}`);
  }
  console.log(`\n${all.length - failing.length} of ${all.length} tests pass`);
  return failing.length === 0 && all.length > 0 ? 0 : 1;
}

function isSelected(only: readonly string[], suite: string, group: number): boolean {
  return only.length === 0 || only.includes(suite) || only.includes(`${suite}:${group}`);
}

function isPassed(result: CliResult): boolean {
  return result.failure === null && result.differences.length === 0;
}

function describe(result: CliResult): string {
  return result.failure ?? result.differences.map(({ what }) => what).join(" ");
}

function printDifferences(result: CliResult): void {
  for (const { what, expected, actual } of result.differences) {
    console.log(`--- ${what}: expected`);
    console.log(`+++ ${what}: actual`);
    for (const line of lineDiff(expected, actual, (left, right) => left === right)) console.log(line);
  }
}

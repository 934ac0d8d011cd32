import { readFileSync, writeFileSync } from "node:fs";
import { GroupPlace } from "./group-place.ts";
import { reducedLines } from "./reduce.ts";
import type { CliAction, CliGroup, CliTest, Environment } from "./suite.ts";

export interface CliDifference {
  readonly what: "exit" | "stdout" | "stderr" | "cib" | "work copy";
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

export interface CliResult {
  readonly suite: string;
  readonly group: number;
  readonly test: CliTest;
  readonly differences: readonly CliDifference[];
  /** An action of the test or its group failed. */
  readonly failure: string | null;
}

/** Runs the tests of a group one after the other: a later one may start from what an earlier one left. */
export async function runGroup(suite: string, group: CliGroup, dataFolder: string): Promise<CliResult[]> {
  const place = new GroupPlace(dataFolder);
  const results: CliResult[] = [];
  try {
    const groupEnv = group.env ?? {};
    const setupFailure = await performAll(place, group.setup ?? [], groupEnv);
    for (const test of group.tests) {
      const outcome =
        setupFailure === null
          ? await runTest(place, test, { ...groupEnv, ...test.env })
          : { differences: [], failure: `setup: ${setupFailure}` };
      results.push({ suite, group: group.index, test, ...outcome });
    }
  } finally {
    place.remove();
  }
  return results;
}

async function performAll(
  place: GroupPlace,
  actions: readonly CliAction[],
  env: Environment,
): Promise<string | null> {
  try {
    for (const action of actions) await place.perform(action, env);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runTest(
  place: GroupPlace,
  test: CliTest,
  env: Environment,
): Promise<Pick<CliResult, "differences" | "failure">> {
  const differences: CliDifference[] = [];
  const compare = (what: CliDifference["what"], expectedText: string, actualText: string): void => {
    const dropsLog = what === "stderr";
    const expected = reducedLines(expectedText, [], { dropsLog: false });
    const actual = reducedLines(actualText, place.places, { dropsLog });
    const isSame =
      expected.length === actual.length && expected.every((line, index) => line === actual[index]);
    if (!isSame) differences.push({ what, expected, actual });
  };
  const asRoot = { ...env, CIB_user: "root" };

  const beforeFailure = await performAll(place, test.before ?? [], env);
  if (beforeFailure !== null) return { differences, failure: `before: ${beforeFailure}` };
  let input = await inputOf(place, test, env);
  if (test.work_copy !== undefined) {
    const file = place.newFile();
    writeFileSync(file, (await place.run("cibadmin -Q", asRoot, "")).stdout);
    const workEnv = { ...asRoot, CIB_file: file, CIB_shadow: null };
    const failure = await performAll(place, test.work_copy.setup, workEnv);
    if (failure !== null) return { differences, failure: `work copy: ${failure}` };
    compare("work copy", test.work_copy.cib, (await place.run("cibadmin -Q", workEnv, "")).stdout);
    input = readFileSync(file, "utf8");
  }
  const { stdout, stderr, exitCode } = await place.run(test.command, env, input);
  if (exitCode !== test.exit) {
    differences.push({ what: "exit", expected: [String(test.exit)], actual: [String(exitCode)] });
  }
  compare("stdout", test.stdout, stdout);
  compare("stderr", test.stderr, stderr);
  const failure = await performAll(place, test.after ?? [], env);
  if (test.cib !== undefined) compare("cib", test.cib, (await place.run("cibadmin -Q", asRoot, "")).stdout);
  return { differences, failure: failure === null ? null : `after: ${failure}` };
}

async function inputOf(place: GroupPlace, test: CliTest, env: Environment): Promise<string> {
  if (test.stdin === undefined) return "";
  if ("text" in test.stdin) return test.stdin.text;
  if ("file" in test.stdin) return readFileSync(place.fill(test.stdin.file), "utf8");
  return (await place.run(test.stdin.command, env, "")).stdout;
}

import { lineDiff } from "../line-diff.ts";
import { type MemoryRun, runInMemory } from "../memory-world.ts";
import { comparableXml, isSameText, isSameXml } from "./compare.ts";
import { crmTool } from "./crm-tool.ts";
import { pcsTool } from "./pcs-tool.ts";
import { type OfflineCase, type OfflineSuite, readAfter, readBase } from "./suite.ts";
import { CIB_FILE, type OfflineTool, type ShowCheck } from "./tool.ts";

const TOOLS: readonly OfflineTool[] = [pcsTool, crmTool];

export interface OfflineSelection {
  readonly tool: string;
  /** Ids; a `*` stands for any text. Empty: all. */
  readonly only: readonly string[];
  readonly showsDifferences: boolean;
  readonly listsFailing: boolean;
}

interface OfflineResult {
  readonly id: string;
  readonly area: string;
  readonly isEffectRight: boolean;
  readonly isOutputRight: boolean;
  readonly details: () => readonly string[];
}

/** Runs a suite of commands on files in this process. Exit status 0 only if all match. */
export async function runOfflineSuite(suite: OfflineSuite, selection: OfflineSelection): Promise<number> {
  const tool = TOOLS.find(({ name }) => name === selection.tool);
  if (tool === undefined) {
    console.error(`--tool ${selection.tool}: know only ${TOOLS.map(({ name }) => name).join(", ")}`);
    return 64;
  }
  const isWanted = (id: string) =>
    selection.only.length === 0 || selection.only.some((pattern) => matchesPattern(pattern, id));
  const results: OfflineResult[] = [];
  for (const testCase of suite.cases) {
    if (isWanted(testCase.id)) results.push(await runCommand(tool, suite, testCase));
  }
  for (const name of suite.shows) {
    for (const check of tool.showChecks(suite, name)) {
      if (isWanted(check.id)) results.push(await runShow(tool, check));
    }
  }
  if (results.length === 0) {
    console.error("No case has that name.");
    return 1;
  }
  const failing = results.filter((result) => !result.isEffectRight || !result.isOutputRight);
  if (selection.listsFailing) {
    for (const { id } of failing) console.log(id);
    return failing.length === 0 ? 0 : 1;
  }
  for (const result of failing) {
    const what = [result.isEffectRight ? "" : "effect", result.isOutputRight ? "" : "stdout"];
    console.log(`${result.id}: ${what.join(" ").trim()}`);
    if (selection.showsDifferences) for (const line of result.details()) console.log(line);
  }
  printTable(results);
  return failing.length === 0 ? 0 : 1;
}

/** A `*` in the pattern stands for any text. */
function matchesPattern(pattern: string, id: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(id);
}

async function runCommand(
  tool: OfflineTool,
  suite: OfflineSuite,
  testCase: OfflineCase,
): Promise<OfflineResult> {
  const base = testCase.base === null ? null : readBase(suite, testCase.base);
  const files = new Map(Object.entries(testCase.files ?? {}));
  if (base !== null) files.set(CIB_FILE, base);
  const run = await guarded(tool, tool.argv(testCase), files, testCase.stdin);
  const problems: (() => readonly string[])[] = [];
  if (run.exitCode !== testCase.exit) {
    problems.push(() => [`exit status ${run.exitCode}, expected ${testCase.exit}`]);
  }
  if (base !== null) {
    const expected = testCase.cib_after === null ? base : readAfter(suite, testCase.cib_after);
    const actual = fileAfter(run, files, CIB_FILE);
    if (actual === null) problems.push(() => ["the CIB is gone"]);
    else if (!isSameXml(expected, actual)) {
      problems.push(() => [
        "CIB:",
        ...lineDiff(comparableXml(expected), comparableXml(actual), (a, b) => a === b),
      ]);
    }
  }
  const filesAfter = testCase.files_after ?? {};
  for (const [name, expected] of Object.entries(filesAfter)) {
    const actual = fileAfter(run, files, name);
    if (actual === null) {
      problems.push(() => [`file ${name} is not there`]);
      continue;
    }
    const isSame = name.endsWith(".xml") ? isSameXml(expected, actual) : isSameText(expected, actual);
    if (!isSame) problems.push(() => [`file ${name}:`, ...diff(expected, actual)]);
  }
  for (const name of run.written.keys()) {
    if (name !== CIB_FILE && !(name in filesAfter) && files.get(name) !== run.written.get(name)) {
      problems.push(() => [`wrote ${name}, which it must not`]);
    }
  }
  for (const name of run.removed) {
    if (name !== CIB_FILE && !(name in filesAfter))
      problems.push(() => [`removed ${name}, which it must not`]);
  }
  return resultOf(testCase, run, problems, testCase.stderr);
}

/** The text of a file when the command has ended; null when there is none. */
function fileAfter(run: MemoryRun, before: ReadonlyMap<string, string>, name: string): string | null {
  if (run.removed.has(name)) return null;
  return run.written.get(name) ?? before.get(name) ?? null;
}

async function runShow(tool: OfflineTool, check: ShowCheck): Promise<OfflineResult> {
  const files = new Map([...(check.files ?? []), [CIB_FILE, check.cib]]);
  const run = await guarded(tool, tool.argv({ base: "show", args: check.args }), files, undefined);
  const problems: (() => readonly string[])[] = [];
  if (run.exitCode !== check.exit) {
    problems.push(() => [`exit status ${run.exitCode}, expected ${check.exit}`]);
  }
  const judged = check.judge?.(run) ?? [];
  if (judged.length > 0) problems.push(() => judged);
  return resultOf(check, run, problems, "");
}

function resultOf(
  expected: { readonly id: string; readonly area: string; readonly args: readonly string[]; stdout: string },
  run: MemoryRun,
  problems: readonly (() => readonly string[])[],
  stderr: string,
): OfflineResult {
  const isOutputRight = isSameText(expected.stdout, run.stdout);
  return {
    id: expected.id,
    area: expected.area,
    isEffectRight: problems.length === 0,
    isOutputRight,
    details: () => [
      `  $ ${tool(expected.args)}`,
      ...problems.flatMap((describe) => describe()),
      ...(isOutputRight ? [] : ["stdout:", ...diff(expected.stdout, run.stdout)]),
      ...(stderr === "" ? [] : [`stderr expected: ${stderr.trimEnd()}`]),
      ...(run.stderr === "" ? [] : [`stderr: ${run.stderr.trimEnd()}`]),
      "",
    ],
  };
}

function tool(args: readonly string[]): string {
  return args.map((word) => (/^[\w=:./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

function diff(expected: string, actual: string): string[] {
  return lineDiff(expected.split("\n"), actual.split("\n"), (left, right) => left === right);
}

/** A command that throws counts as failed, with the place of the mistake as its standard error. */
async function guarded(
  tool: OfflineTool,
  argv: readonly string[],
  files: ReadonlyMap<string, string>,
  stdin: string | undefined,
): Promise<MemoryRun> {
  try {
    return await runInMemory(tool.main, argv, files, { programName: tool.name, env: tool.env, stdin });
  } catch (error) {
    const stderr = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { stdout: "", stderr, exitCode: -1, written: new Map(), removed: new Set() };
  }
}

function printTable(results: readonly OfflineResult[]): void {
  const areas = [...new Set(results.map(({ area }) => area))];
  const row = (label: string, some: readonly OfflineResult[]) => [
    label,
    String(some.length),
    String(some.filter(({ isEffectRight }) => isEffectRight).length),
    String(some.filter(({ isOutputRight }) => isOutputRight).length),
  ];
  const cells = [
    ["area", "cases", "cib+exit", "stdout"],
    ...areas.map((area) =>
      row(
        area,
        results.filter((result) => result.area === area),
      ),
    ),
  ];
  const width = Math.max(...cells.map(([label]) => label!.length));
  console.log("");
  for (const [label, ...counts] of cells) {
    console.log([label!.padEnd(width), ...counts.map((count) => count.padStart(8))].join("  "));
  }
  const [, count, effect, output] = row("all", results);
  const failed = results.filter((result) => !result.isEffectRight || !result.isOutputRight).length;
  console.log(`\ncib+exit: ${effect}/${count}  stdout: ${output}/${count}`);
  console.log(`${results.length - failed} of ${results.length} cases pass in full`);
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a case compares, in the order in which results are shown. */
export const OUTPUT_KINDS = ["summary", "dot", "exp", "scores", "stderr"] as const;

export type OutputKind = (typeof OUTPUT_KINDS)[number];

export interface ConformanceCase {
  readonly name: string;
  readonly group: number;
  readonly description: string;
  /** Further arguments of both runs. */
  readonly args: readonly string[];
}

/** Reads `tests.json` of a conformance folder. @throws when the folder is not one. */
export function readCases(folder: string): ConformanceCase[] {
  const file = join(folder, "tests.json");
  if (!existsSync(file)) {
    throw new Error(`${file} does not exist; give a folder such as ../shared/conformance/scheduler`);
  }
  const cases = JSON.parse(readFileSync(file, "utf8")) as ConformanceCase[];
  if (!Array.isArray(cases) || cases.length === 0) throw new Error(`${file} lists no cases`);
  return cases;
}

/** The expected text. Only standard error may have no file, which means that it is empty. @throws when another one is missing */
export function expectedText(folder: string, name: string, kind: OutputKind): string {
  const file = join(folder, kind, `${name}.${kind}`);
  return kind === "stderr" && !existsSync(file) ? "" : readFileSync(file, "utf8");
}

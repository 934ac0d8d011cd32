import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crmSimulate } from "@quorate/cli";
import { type ConformanceCase, expectedText, OUTPUT_KINDS, type OutputKind } from "./case.ts";
import { comparableLines, sameLines } from "./compare.ts";
import { runInMemory } from "./memory-world.ts";

export interface CaseResult {
  readonly case: ConformanceCase;
  readonly differing: readonly OutputKind[];
  /** Null when both runs ended by themselves with the exit status that the suite asks for. */
  readonly failure: string | null;
  readonly actual: Readonly<Record<OutputKind, string>>;
  readonly elapsedMs: number;
}

export function passes(result: CaseResult): boolean {
  return result.differing.length === 0 && result.failure === null;
}

/** The two runs of the suite on one input, in this process. Source: scheduler specification, part 4, 1.3. */
export async function runCase(folder: string, testCase: ConformanceCase): Promise<CaseResult> {
  const started = performance.now();
  const input = "input.xml";
  const files = new Map([[input, readFileSync(join(folder, "xml", `${testCase.name}.xml`), "utf8")]]);
  const actual: Record<OutputKind, string> = { summary: "", dot: "", exp: "", scores: "", stderr: "" };
  let failure: string | null = null;
  try {
    const text = await runInMemory(crmSimulate, ["-x", input, "-S", ...testCase.args], files);
    actual.summary = text.stderr + text.stdout;
    const saved = await runInMemory(
      crmSimulate,
      ["-x", input, "-D", "dot", "-G", "graph", "-sSQ", ...testCase.args],
      files,
    );
    actual.scores = saved.stdout;
    actual.stderr = saved.stderr;
    const [dot, graph] = [saved.written.get("dot"), saved.written.get("graph")];
    actual.dot = dot ?? "";
    actual.exp = graph ?? "";
    if (dot === undefined || graph === undefined) failure = "the graph was not written";
    if (saved.exitCode !== 0)
      failure = `exit status ${saved.exitCode}: ${saved.stderr.trim().replaceAll("\n", " ").slice(0, 200)}`;
  } catch (error) {
    failure = error instanceof Error ? `${error.message} ${stackTop(error)}` : String(error);
  }
  const differing = OUTPUT_KINDS.filter(
    (kind) =>
      !sameLines(
        comparableLines(kind, expectedText(folder, testCase.name, kind)),
        comparableLines(kind, actual[kind]),
      ),
  );
  return { case: testCase, differing, failure, actual, elapsedMs: performance.now() - started };
}

function stackTop(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 3)
    .map((line) => `[${line.trim().replace(/file:\/\/\S*\/packages\//, "packages/")}]`)
    .join(" ");
}
